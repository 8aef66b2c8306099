import type { BulkOperation } from '@gantry/contracts/http/bulk-operation';
import { Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';

/** Begins a bulk operation and follows it to its end. */
export function useBulkOperation(start: () => Promise<BulkOperation>) {
  const client = useQueryClient();
  const [operation, setOperation] = useState<BulkOperation>();
  const run = useMutation({
    mutationFn: async () => {
      const started = await start();
      setOperation(started);
      for await (const state of api.bulkOperations.watch(started.id)) setOperation(state);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['executions'] }),
  });
  return { operation, run };
}

const DONE: Readonly<Record<BulkOperation['kind'], string>> = {
  CANCEL: 'cancelled',
  REPROCESS: 'made to run again',
  RESTART: 'restarted',
  DELETE: 'deleted',
};

/** How far a bulk operation is, and what could not be done. */
export function BulkProgress({ operation: { id, kind, total, done, failed } }: { operation: BulkOperation }) {
  return (
    <>
      <div role="status">
        <Progress value={total === 0 ? 100 : (100 * (done + failed)) / total} aria-label="Progress" mb={6} />
        {done.toLocaleString()} of {total.toLocaleString()} {DONE[kind]}
        {failed > 0 && `, ${failed.toLocaleString()} could not be`}
      </div>
      {failed > 0 && <Failures id={id} failed={failed} />}
    </>
  );
}

function Failures({ id, failed }: { id: string; failed: number }) {
  const { data } = useQuery({
    queryKey: ['bulk-failures', id, failed],
    queryFn: ({ signal }) => api.bulkOperations.failures(id, { pageSize: 50, signal }),
  });
  return (
    <ul style={{ margin: 0, paddingLeft: 18 }}>
      {data?.content.map((failure) => (
        <li key={failure.id}>
          <span className="mono">{failure.executionId}</span> {failure.message}
        </li>
      ))}
    </ul>
  );
}
