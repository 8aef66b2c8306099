import type { BulkKind, BulkOperation } from '@gantry/contracts/http/bulk-operation';
import { Button, Group, Loader, Modal, Progress, Stack, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Problem } from '../problem.tsx';

interface BulkActionsProps {
  /** Chooses the executions. */
  filter: string;
  /** Those that were chosen one by one; undefined when it is everything that matches. */
  chosen: readonly string[] | undefined;
  onDone: () => void;
}

const WORDS: Readonly<Record<BulkKind, { verb: string; what: string }>> = {
  CANCEL: { verb: 'Cancel', what: 'that are not finished will be cancelled' },
  REPROCESS: { verb: 'Reprocess', what: 'will run again from the beginning, each as a new execution' },
  RESTART: { verb: 'Restart', what: 'will go on from their first step that did not succeed, each as a new execution' },
};

/** What can be done to the chosen executions; each says first to how many it will be done. */
export function BulkActions({ filter, chosen, onDone }: BulkActionsProps) {
  const [kind, setKind] = useState<BulkKind>();
  const [deleting, setDeleting] = useState(false);
  return (
    <Group gap={6}>
      {(Object.keys(WORDS) as BulkKind[]).map((each) => (
        <Button key={each} size="compact-sm" variant="default" onClick={() => setKind(each)}>
          {WORDS[each].verb}
        </Button>
      ))}
      <span className="muted">{chosen === undefined ? 'everything that matches' : `${chosen.length} chosen`}</span>
      {chosen && (
        <Button size="compact-sm" variant="default" onClick={() => setDeleting(true)}>
          Delete
        </Button>
      )}
      {deleting && chosen && (
        <Deletion
          ids={chosen}
          onClose={(done) => {
            setDeleting(false);
            if (done) onDone();
          }}
        />
      )}
      {kind && (
        <Confirmation
          kind={kind}
          filter={filter}
          onClose={(done) => {
            setKind(undefined);
            if (done) onDone();
          }}
        />
      )}
    </Group>
  );
}

interface ConfirmationProps {
  kind: BulkKind;
  filter: string;
  onClose: (done: boolean) => void;
}

function Confirmation({ kind, filter, onClose }: ConfirmationProps) {
  const client = useQueryClient();
  const { verb, what } = WORDS[kind];
  const [current, setCurrent] = useState(true);
  const [operation, setOperation] = useState<BulkOperation>();
  const count = useQuery({
    queryKey: ['bulk-count', kind, filter],
    queryFn: ({ signal }) => api.bulkOperations.count(kind, filter, { signal }),
    gcTime: 0,
  });
  const run = useMutation({
    mutationFn: async () => {
      const started =
        kind === 'RESTART'
          ? await api.bulkOperations.restart({ filter, pipeline: current ? 'current' : 'original' })
          : await api.bulkOperations.start(kind, filter);
      for await (const state of api.bulkOperations.watch(started.id)) setOperation(state);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['executions'] }),
  });
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
        {kind === 'RESTART' && operation === undefined && (
          <Switch
            label="With the options that their assistants have now"
            description="Mend an option in the assistant first; off: with the options that they had."
            checked={current}
            onChange={(event) => setCurrent(event.currentTarget.checked)}
          />
        )}
        {operation && (
          <div role="status">
            <Progress
              value={operation.total === 0 ? 100 : (100 * (operation.done + operation.failed)) / operation.total}
              aria-label="Progress"
              mb={6}
            />
            {operation.done.toLocaleString()} of {operation.total.toLocaleString()} done
            {operation.failed > 0 && `, ${operation.failed.toLocaleString()} could not be`}
          </div>
        )}
        {operation && operation.failed > 0 && <Failures id={operation.id} failed={operation.failed} />}
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
