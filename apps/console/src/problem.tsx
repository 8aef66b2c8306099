import { Alert, Button } from '@mantine/core';

interface ProblemProps {
  error: Error;
  onRetry?: () => void;
}

/** What could not be read or done, and the way to try again. */
export function Problem({ error, onRetry }: ProblemProps) {
  // What is not there does not come by asking again.
  const isGone = 'status' in error && error.status === 404;
  return (
    <Alert color="red" variant="light" title={error.message} role="alert">
      {'code' in error && <span className="mono">{String(error.code)}</span>}
      {onRetry && !isGone && (
        <Button size="compact-xs" variant="default" ml="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
