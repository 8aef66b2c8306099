import type { Step } from '@gantry/contracts/http/execution';
import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { api } from '../api.ts';
import { COUNT_TO } from '../executions/counted.ts';
import { JsonView } from '../json-view.tsx';
import { Advice } from './advice.tsx';

interface FailureProps {
  details: NonNullable<Step['exceptionDetails']>;
  /** What others that failed alike have too. */
  group?: string | null;
}

/** Why something failed, what to do about it, and where in the code it happened. */
export function Failure({ details, group = null }: FailureProps) {
  const { message, errorType, documentationUrl, stackTrace, cause, validationErrors } = details;
  return (
    <div data-tone="bad">
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <strong className="toned">{message}</strong> <span className="mono muted">{errorType}</span>
      </p>
      <Advice details={details} />
      {documentationUrl !== undefined && /^https?:/.test(documentationUrl) && (
        <a href={documentationUrl} className="link" rel="noreferrer">
          Read about it
        </a>
      )}
      {validationErrors && validationErrors.length > 1 && (
        <ul style={{ margin: '6px 0 0', paddingLeft: 18 }}>
          {validationErrors.map(({ option, message: wrong }) => (
            <li key={`${option} ${wrong}`}>
              {option !== undefined && <code>{option}</code>} {wrong}
            </li>
          ))}
        </ul>
      )}
      {(stackTrace ?? cause) !== undefined && (
        <details style={{ marginTop: 8 }}>
          <summary className="muted">Where it happened</summary>
          <JsonView name="Cause" value={stackTrace ?? cause} />
        </details>
      )}
      {group !== null && <Alike group={group} />}
    </div>
  );
}

const RestartMany = lazy(() =>
  import('../executions/restart-many.tsx').then(({ RestartMany: of }) => ({ default: of })),
);

/** What failed for the same reason: to look at, and to put right at once. */
function Alike({ group }: { group: string }) {
  const filter = `failureGroup eq '${group}'`;
  const mayChange = useAllowed('executions:write');
  const [mending, setMending] = useState(false);
  const alike = useQuery({
    queryKey: ['executions', 'alike', group],
    queryFn: ({ signal }) => api.executions.list({ filter, pageSize: 1, countTo: COUNT_TO, signal }),
  });
  const others = (alike.data?.totalElements ?? 1) - 1;
  if (others < 1) return null;
  return (
    <Group gap={10} mt={8}>
      <Link to="/executions" search={{ filter }} className="link">
        {others.toLocaleString()} more failed like this
      </Link>
      {mayChange && (
        <Button size="compact-xs" variant="default" onClick={() => setMending(true)}>
          Mend and restart all
        </Button>
      )}
      <Suspense>{mending && <RestartMany filter={filter} onClose={() => setMending(false)} />}</Suspense>
    </Group>
  );
}
