import { GantryError } from '@gantry/client/gantry-error';
import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from './problem.tsx';

/** What a query has read, or why it has not. What was read before stays while it cannot be read again. */
export function Read<Data>({ query, children }: { query: UseQueryResult<Data>; children: (data: Data) => ReactNode }) {
  const retry = () => void query.refetch();
  if (query.data !== undefined) {
    return (
      <>
        <MaybeOld error={query.error} onRetry={retry} />
        {children(query.data)}
      </>
    );
  }
  if (query.error !== null) return <Problem error={query.error} onRetry={retry} />;
  return <Loading />;
}

/** Says that what is shown could not be read again, and why; where nothing answers at all that stands above every page. */
export function MaybeOld({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  if (error === null || (error instanceof GantryError && error.status === 0)) return null;
  return (
    <p role="status" className="panel-body maybe-old" data-tone="wait">
      <span className="toned">What is shown may be old.</span> It could not be read again: {error.message}{' '}
      <button type="button" className="text-link link" onClick={onRetry}>
        Try again
      </button>
    </p>
  );
}

/** Stands where rows will be. */
export function Loading() {
  return (
    <Stack gap={8} p={14} aria-busy="true" aria-label="Loading">
      <Skeleton h={16} />
      <Skeleton h={16} />
      <Skeleton h={16} w="60%" />
    </Stack>
  );
}

/** Says how to get the first row. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p style={{ margin: 0, fontWeight: 600 }}>{title}</p>
      {children !== undefined && (
        <div className="muted" style={{ marginTop: 4 }}>
          {children}
        </div>
      )}
    </div>
  );
}
