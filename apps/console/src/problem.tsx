import { Alert, Button } from '@mantine/core';

interface ProblemProps {
  error: Error;
  onRetry?: () => void;
}

/** What could not be read or done, and the way to try again. */
export function Problem({ error, onRetry }: ProblemProps) {
  return (
    <Alert color="red" variant="light" title={error.message} role="alert">
      {'code' in error && <span className="mono">{String(error.code)}</span>}
      {onRetry && (
        <Button size="compact-xs" variant="default" ml="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
