import type { Execution } from '@gantry/contracts/http/execution';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../api.ts';
import { About } from '../executions/execution-cells.tsx';
import { oneOf } from '../executions/one-of.ts';
import { Fact } from '../fact.tsx';
import { durationText, Instant } from '../instant.tsx';
import { type Column, Table } from '../list-panel.tsx';
import { isQueued, Status } from '../status.tsx';

/** Other executions that one has to do with, each with how it is; of one that is deleted there is the id alone. */
export function Related({ name, ids }: { name: string; ids: readonly string[] }) {
  const { data } = useQuery({
    queryKey: ['executions', 'related', ids],
    queryFn: ({ signal }) => api.executions.list({ filter: oneOf(ids), pageSize: ids.length, signal }),
  });
  const known = new Map(data?.content.map((execution) => [execution.id, execution]));
  return (
    <Fact name={name}>
      {ids.map((id) => {
        const execution = known.get(id);
        return (
          <Link
            key={id}
            to="/executions/$id"
            params={{ id }}
            className="link"
            title={id}
            style={{ display: 'flex', flexWrap: 'wrap', gap: '0 10px' }}
          >
            <span className="mono">{id.slice(-12)}</span>
            {execution && <Status status={execution.status} queued={isQueued(execution)} />}
          </Link>
        );
      })}
    </Fact>
  );
}

const MOST_SHOWN = 10;

/** What runs on behalf of an execution; first what failed. */
export function Children({ of: { id, childExecutions } }: { of: Execution }) {
  if (childExecutions.length === 0) return null;
  const [failed, others] = [true, false].map((wanted) =>
    childExecutions.filter(({ status }) => (status === 'FAILED') === wanted),
  );
  const shown = [...(failed ?? []), ...(others ?? [])].slice(0, MOST_SHOWN);
  return (
    <section className="panel" aria-label="Children">
      <h2>
        Children{' '}
        <span className="muted">
          {failed?.length !== 0 && `${failed?.length} failed · `}
          <Link to="/executions" search={{ filter: `parentExecutionId eq '${id}'` }} className="link">
            all in the list
          </Link>
        </span>
      </h2>
      <Table columns={COLUMNS} rows={shown} keyOf={(child) => child.id} />
    </section>
  );
}

const COLUMNS: readonly Column<Execution>[] = [
  { name: 'Status', className: 'nowrap', cell: (child) => <Status status={child.status} queued={isQueued(child)} /> },
  { name: 'Assistant', className: 'clip hide-phone', cell: ({ assistant }) => assistant?.name ?? '–' },
  { name: 'What it is about', className: 'clip', cell: (child) => <About execution={child} path={undefined} /> },
  { name: 'Created', className: 'nowrap hide-phone', cell: ({ createdOn }) => <Instant at={createdOn} /> },
  { name: 'Took', className: 'right nowrap hide-phone', cell: ({ processingTime }) => durationText(processingTime) },
];
