import type { BulkFailure, BulkOperation } from '@gantry/contracts/http/bulk-operation';
import { Button, Progress } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { Instant } from '../instant.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';

const route = getRouteApi('/bulk');

const REFRESH_MS = 1_000;

const WORDS: Readonly<Record<BulkOperation['status'], { word: string; tone: string }>> = {
  RUNNING: { word: 'Running', tone: 'busy' },
  COMPLETED: { word: 'Done', tone: 'ok' },
  ABORTED: { word: 'Stopped', tone: 'off' },
};

/** What is being done to many executions at once, and what could not be done. */
export function BulkPage() {
  const { operation: opened } = route.useSearch();
  const mayChange = useAllowed('executions:write');
  const operations = useList(
    ['bulk'],
    (page) => api.bulkOperations.list({ sort: 'createdOn,desc', ...page }),
    REFRESH_MS,
  );
  const abort = useMutation({
    mutationFn: (id: string) => api.bulkOperations.abort(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['bulk'] }),
  });
  const columns: readonly Column<BulkOperation>[] = [
    { name: 'What', cell: ({ kind }) => kind.toLowerCase() },
    {
      name: 'Status',
      className: 'nowrap',
      cell: ({ status }) => (
        <span className="status" data-tone={WORDS[status].tone} data-moving={status === 'RUNNING'}>
          {WORDS[status].word}
        </span>
      ),
    },
    {
      name: 'Progress',
      className: 'progress hide-phone',
      cell: ({ total, done, failed }) => (
        <Progress
          value={total === 0 ? 100 : ((done + failed) / total) * 100}
          aria-label={`${done + failed} of ${total}`}
        />
      ),
    },
    {
      name: 'Done',
      className: 'right nowrap',
      cell: ({ done, total }) => `${done.toLocaleString()} / ${total.toLocaleString()}`,
    },
    {
      name: 'Not done',
      className: 'right',
      cell: ({ id, failed }) =>
        failed === 0 ? (
          0
        ) : (
          <Link to="/bulk" search={{ operation: id }} className="link">
            {failed.toLocaleString()}
          </Link>
        ),
    },
    {
      name: 'Chosen by',
      className: 'mono clip hide-phone',
      title: ({ filter }) => filter.join(' and '),
      cell: ({ filter }) => filter.join(' and '),
    },
    { name: 'Begun', className: 'nowrap', cell: ({ createdOn }) => <Instant at={createdOn} /> },
    {
      name: '',
      className: 'right',
      cell: ({ id, status }) =>
        status === 'RUNNING' &&
        mayChange && (
          <Button size="compact-xs" variant="default" onClick={() => abort.mutate(id)}>
            Stop
          </Button>
        ),
    },
  ];
  return (
    <div>
      <PageHead title="Bulk operations" />
      {abort.error && <Problem error={abort.error} />}
      <ListPanel
        label="Bulk operations"
        list={operations}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="None yet">
            Filter or select{' '}
            <Link to="/executions" className="link">
              executions
            </Link>{' '}
            to cancel, reprocess, restart or delete many of them.
          </Empty>
        }
      />
      {opened !== undefined && <Failures key={opened} operationId={opened} />}
    </div>
  );
}

function Failures({ operationId }: { operationId: string }) {
  const failures = useList(['bulk-failures', operationId], (page) => api.bulkOperations.failures(operationId, page));
  return (
    <div style={{ marginTop: 14 }}>
      <ListPanel
        label="What could not be done"
        title="What could not be done"
        list={failures}
        columns={FAILURE_COLUMNS}
        keyOf={({ id }) => id}
        empty={<Empty title="Everything was done" />}
      />
    </div>
  );
}

const FAILURE_COLUMNS: readonly Column<BulkFailure>[] = [
  {
    name: 'Of',
    className: 'nowrap',
    cell: ({ executionId, documentFamilyId }) => {
      if (executionId !== null) {
        return (
          <Link to="/executions/$id" params={{ id: executionId }} className="link mono">
            {executionId.slice(-12)}
          </Link>
        );
      }
      return documentFamilyId === null ? (
        '–'
      ) : (
        <Link to="/documents/$id" params={{ id: documentFamilyId }} className="link mono">
          {documentFamilyId.slice(-12)}
        </Link>
      );
    },
  },
  { name: 'Code', className: 'mono hide-phone', cell: ({ code }) => code },
  { name: 'Why', cell: ({ message }) => message },
];
