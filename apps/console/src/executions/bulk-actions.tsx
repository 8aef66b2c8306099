import type { BulkKind } from '@gantry/contracts/http/bulk-operation';
import { Button, Group, Loader, Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Problem } from '../problem.tsx';
import { BulkProgress, useBulkOperation } from './bulk-progress.tsx';
import { counted } from './counted.ts';
import { RestartMany } from './restart-many.tsx';

interface BulkActionsProps {
  /** Chooses the executions. */
  filter: string;
  /** How many they are, as far as the list knows. */
  count: number;
  /** Chooses everything that matches; undefined when that is chosen, or all of it is. */
  onEverything: (() => void) | undefined;
  /** How many that would be. */
  total: number;
  onDone: () => void;
}

interface Words {
  verb: string;
  /** Of one, and of several. */
  what: readonly [one: string, many: string];
  none: string;
}

const WORDS: Readonly<Record<Exclude<BulkKind, 'RESTART'>, Words>> = {
  CANCEL: {
    verb: 'Cancel',
    what: ['that is not finished will be cancelled', 'that are not finished will be cancelled'],
    none: 'All of them are finished: there is nothing to cancel.',
  },
  REPROCESS: {
    verb: 'Reprocess',
    what: [
      'will run again from the beginning, as a new execution',
      'will run again from the beginning, each as a new execution',
    ],
    none: 'None of them can run again as it is.',
  },
  DELETE: {
    verb: 'Delete',
    what: [
      'that is finished will be gone for good, with its steps, outputs and logs',
      'that are finished will be gone for good, with their steps, outputs and logs',
    ],
    none: 'None of them is finished: only those can be deleted.',
  },
};

function amountText(amount: number, [one, many]: Words['what']): string {
  return amount === 1 ? `1 execution ${one}.` : `${amount.toLocaleString()} executions ${many}.`;
}

const KINDS = ['REPROCESS', 'CANCEL', 'DELETE'] as const;

/** What can be done to the chosen executions; each says first to how many it will be done. */
export function BulkActions({ filter, count, total, onEverything, onDone }: BulkActionsProps) {
  const [asked, setAsked] = useState<BulkKind>();
  const close = (done: boolean) => {
    setAsked(undefined);
    if (done) onDone();
  };
  return (
    <section className="panel bulk-bar" aria-label="Chosen executions">
      <strong className="tabular">{counted(count)} chosen</strong>
      {onEverything && (
        <Button size="compact-sm" variant="subtle" onClick={onEverything}>
          Choose all {counted(total)} that match
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" color="gray" onClick={onDone}>
        Clear
      </Button>
      <Button size="compact-sm" onClick={() => setAsked('RESTART')}>
        Restart
      </Button>
      {KINDS.map((kind) => (
        <Button key={kind} size="compact-sm" variant="default" onClick={() => setAsked(kind)}>
          {WORDS[kind].verb}
        </Button>
      ))}
      {asked === 'RESTART' && <RestartMany filter={filter} onClose={close} />}
      {asked !== undefined && asked !== 'RESTART' && <Confirmation kind={asked} filter={filter} onClose={close} />}
    </section>
  );
}

interface ConfirmationProps {
  kind: keyof typeof WORDS;
  filter: string;
  onClose: (done: boolean) => void;
}

function Confirmation({ kind, filter, onClose }: ConfirmationProps) {
  const { verb, what, none } = WORDS[kind];
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
          <p style={{ margin: 0 }}>{count.data === 0 ? none : amountText(count.data, what)}</p>
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
