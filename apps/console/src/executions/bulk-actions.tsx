import type { BulkKind } from '@gantry/contracts/http/bulk-operation';
import { Button, Group, Loader, Modal, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Problem } from '../problem.tsx';
import { BulkProgress, useBulkOperation } from './bulk-progress.tsx';
import { RestartMany } from './restart-many.tsx';

interface BulkActionsProps {
  /** Chooses the executions. */
  filter: string;
  /** Those that were chosen one by one; undefined when it is everything that matches. */
  chosen: readonly string[] | undefined;
  onDone: () => void;
}

const WORDS: Readonly<Record<Exclude<BulkKind, 'RESTART'>, { verb: string; what: string }>> = {
  CANCEL: { verb: 'Cancel', what: 'that are not finished will be cancelled' },
  REPROCESS: { verb: 'Reprocess', what: 'will run again from the beginning, each as a new execution' },
};

const KINDS = ['REPROCESS', 'CANCEL'] as const;

/** What can be done to the chosen executions; each says first to how many it will be done. */
export function BulkActions({ filter, chosen, onDone }: BulkActionsProps) {
  const [asked, setAsked] = useState<BulkKind | 'DELETE'>();
  const close = (done: boolean) => {
    setAsked(undefined);
    if (done) onDone();
  };
  return (
    <Group gap={6}>
      <Button size="compact-sm" onClick={() => setAsked('RESTART')}>
        Restart
      </Button>
      {KINDS.map((kind) => (
        <Button key={kind} size="compact-sm" variant="default" onClick={() => setAsked(kind)}>
          {WORDS[kind].verb}
        </Button>
      ))}
      {chosen && (
        <Button size="compact-sm" variant="default" onClick={() => setAsked('DELETE')}>
          Delete
        </Button>
      )}
      <span className="muted">{chosen === undefined ? 'everything that matches' : `${chosen.length} chosen`}</span>
      {asked === 'RESTART' && <RestartMany filter={filter} onClose={close} />}
      {asked === 'DELETE' && chosen && <Deletion ids={chosen} onClose={close} />}
      {asked !== undefined && asked !== 'RESTART' && asked !== 'DELETE' && (
        <Confirmation kind={asked} filter={filter} onClose={close} />
      )}
    </Group>
  );
}

interface ConfirmationProps {
  kind: keyof typeof WORDS;
  filter: string;
  onClose: (done: boolean) => void;
}

function Confirmation({ kind, filter, onClose }: ConfirmationProps) {
  const { verb, what } = WORDS[kind];
  const count = useQuery({
    queryKey: ['bulk-count', kind, filter],
    queryFn: ({ signal }) => api.bulkOperations.count(kind, filter, { signal }),
    gcTime: 0,
  });
  const { operation, run } = useBulkOperation(() => api.bulkOperations.start(kind, filter));
  const close = () => onClose(run.isSuccess);

  return (
    <Modal opened onClose={close} title={`${verb} executions`} centered>
      <Stack gap="sm">
        {count.isPending && <Loader size="xs" aria-label="Counting" />}
        {count.error && <Problem error={count.error} />}
        {count.data !== undefined && operation === undefined && (
          <p style={{ margin: 0 }}>
            <strong>{count.data.toLocaleString()}</strong> executions {what}.
          </p>
        )}
        {operation && <BulkProgress operation={operation} />}
        {run.error && <Problem error={run.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Close
          </Button>
          {operation === undefined && (
            <Button
              color={kind === 'CANCEL' ? 'red' : 'harbour'}
              disabled={!count.data}
              loading={run.isPending}
              onClick={() => run.mutate()}
            >
              {verb} {count.data?.toLocaleString()}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

/** Deletes what was chosen, one after the other; what still runs stays, and is said. */
function Deletion({ ids, onClose }: { ids: readonly string[]; onClose: (done: boolean) => void }) {
  const client = useQueryClient();
  const [done, setDone] = useState(0);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const run = useMutation({
    mutationFn: async () => {
      for (const id of ids) {
        const problem = await api.executions.delete(id).then(
          () => undefined,
          (error: Error) => error,
        );
        if (problem === undefined) setDone((count) => count + 1);
        else setRefused((before) => [...before, problem.message]);
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['executions'] }),
  });
  return (
    <Modal opened onClose={() => onClose(run.isSuccess)} title="Delete executions" centered>
      <Stack gap="sm">
        <p style={{ margin: 0 }}>
          {run.isIdle ? (
            <>
              <strong>{ids.length}</strong> executions, their steps, outputs and logs will be gone for good.
            </>
          ) : (
            <output>
              {done} of {ids.length} deleted{refused.length > 0 && `, ${refused.length} could not be`}
            </output>
          )}
        </p>
        {[...new Set(refused)].map((message) => (
          <p key={message} className="muted" style={{ margin: 0 }}>
            {message}
          </p>
        ))}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onClose(run.isSuccess)}>
            Close
          </Button>
          {run.isIdle && (
            <Button color="red" onClick={() => run.mutate()}>
              Delete {ids.length}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
