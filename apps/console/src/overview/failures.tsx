import type { FailureGroups } from '@gantry/contracts/http/failure-group';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { queries } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import { Instant } from '../instant.tsx';
import { type Column, Table } from '../list-panel.tsx';
import { Empty } from '../read.tsx';

const RestartMany = lazy(() =>
  import('../executions/restart-many.tsx').then(({ RestartMany: of }) => ({ default: of })),
);

type Group = FailureGroups['groups'][number];

/** What failed for the same reason, and the way to put all of it right. */
export function Failures({ groups }: { groups: readonly Group[] }) {
  const mayChange = useAllowed('executions:write');
  const [mending, setMending] = useState<Group>();
  const close = (done: boolean) => {
    setMending(undefined);
    if (done) void queries.invalidateQueries({ queryKey: ['overview'] });
  };
  const mendingOf = (group: Group) =>
    mayChange && (
      <Button size="compact-xs" variant="default" onClick={() => setMending(group)}>
        Mend and restart
      </Button>
    );
  const columns: readonly Column<Group>[] = [
    {
      name: 'Count',
      className: 'right',
      cell: ({ count }) => (
        <strong className="toned" data-tone="bad">
          {count.toLocaleString()}
        </strong>
      ),
    },
    {
      name: 'What went wrong',
      className: 'broken',
      cell: (group) => (
        <>
          <Link
            to="/executions"
            search={{ filter: group.filter }}
            className="plain cause some-lines"
            title={group.lastMessage ?? group.message}
          >
            {group.lastMessage ?? group.message}
          </Link>
          <Whose ids={group.assistantIds} />
          <div className="muted mono">
            {[group.ref?.replace(/^module:\/\//, ''), group.code].filter((each) => each != null).join(' · ')}
          </div>
          <div className="only-phone">{mendingOf(group)}</div>
        </>
      ),
    },
    {
      name: 'Last',
      className: 'nowrap hide-phone',
      cell: ({ lastExecutionId, lastSeen }) => (
        <Link to="/executions/$id" params={{ id: lastExecutionId }} className="link">
          <Instant at={lastSeen} />
        </Link>
      ),
    },
    {
      name: '',
      className: 'right nowrap hide-phone',
      cell: mendingOf,
    },
  ];
  return (
    <section className="panel" aria-label="Failures">
      <h2>Failures by cause</h2>
      {groups.length === 0 ? (
        <Empty title="Nothing failed">What fails is gathered here by what went wrong, newest first.</Empty>
      ) : (
        <Table columns={columns} rows={groups} keyOf={({ id }) => id} />
      )}
      <Suspense>{mending && <RestartMany filter={mending.filter} onClose={close} />}</Suspense>
    </section>
  );
}

const MOST_NAMED = 3;

/** The assistants whose executions failed so. */
function Whose({ ids }: { ids: readonly string[] }) {
  const assistants = useAssistants();
  const names = ids.flatMap((id) => assistants.get(id)?.name ?? []);
  if (names.length === 0) return null;
  const others = names.length - MOST_NAMED;
  return (
    <div className="muted" title={names.join(', ')}>
      {names.slice(0, MOST_NAMED).join(', ')}
      {others > 0 && ` and ${others} more`}
    </div>
  );
}
