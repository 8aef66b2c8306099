import type { BulkKind } from '@gantry/contracts/http/bulk-operation';
import { Button, Group, Loader, Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
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
  DELETE: { verb: 'Delete', what: 'that are finished will be gone for good, with their steps, outputs and logs' },
};

const KINDS = ['REPROCESS', 'CANCEL', 'DELETE'] as const;

/** What can be done to the chosen executions; each says first to how many it will be done. */
export function BulkActions({ filter, chosen, onDone }: BulkActionsProps) {
  const [asked, setAsked] = useState<BulkKind>();
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
      <span className="muted">{chosen === undefined ? 'everything that matches' : `${chosen.length} chosen`}</span>
      {asked === 'RESTART' && <RestartMany filter={filter} onClose={close} />}
      {asked !== undefined && asked !== 'RESTART' && <Confirmation kind={asked} filter={filter} onClose={close} />}
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
              color={kind === 'REPROCESS' ? 'harbour' : 'red.9'}
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
