import type { ExecutionCounts } from '@gantry/contracts/http/execution-counts';
import type { ModuleRuntime } from '@gantry/contracts/http/module-runtime';
import type { Overview } from '@gantry/contracts/http/overview';
import { Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSpan } from '../address.ts';
import { api } from '../api.ts';
import { RUNNING, WAITING } from '../executions/filter-picks.ts';
import { durationText, Instant } from '../instant.tsx';
import { type Column, Table } from '../list-panel.tsx';
import { Throughput } from '../operations/throughput.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty, Loading, MaybeOld } from '../read.tsx';
import { SpanControl } from '../span-control.tsx';
import { Failures } from './failures.tsx';
import { Health } from './health.tsx';

const HOUR_MS = 3_600_000;
const REFRESH_MS = 5_000;

/** How many hours are looked back; an hour alone would be no picture. */
const SPANS = { '1 hour': 1, '24 hours': 24, '7 days': 168 } as const;
const LEAST_BARS = 24;
type Span = keyof typeof SPANS;

/** How everything is doing: what ran, what waits, and what failed for which reason. */
export function OverviewPage() {
  const [span, setSpan] = useSpan(SPANS, '24 hours');
  const { data, error, refetch } = useQuery({
    queryKey: ['overview', span],
    queryFn: async ({ signal }) => {
      const since = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();
      const hours = SPANS[span];
      const [overview, counts, failures, runtimes] = await Promise.all([
        api.rollups.overview({ signal }),
        api.rollups.executions({ from: since(Math.max(hours, LEAST_BARS) - 1), by: 'hour', signal }),
        api.rollups.failures({ from: since(hours), signal }),
        api.moduleRuntimes.list({ pageSize: 100, signal }),
      ]);
      return { overview, counts, failures, runtimes: runtimes.content };
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <div>
      <PageHead title="Overview">
        <SpanControl spans={SPANS} value={span} onChange={setSpan} />
      </PageHead>
      {error && !data && <Problem error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data && (
        <>
          <MaybeOld error={error} onRetry={() => void refetch()} />
          <Health overview={data.overview} runtimes={data.runtimes} />
          {data.overview.total === 0 && <FirstSteps />}
          <Tiles overview={data.overview} span={span} />
          <div className="two">
            <Failures groups={data.failures.groups} />
            <Stack gap={14}>
              <Hours counts={data.counts} hours={Math.max(SPANS[span], LEAST_BARS)} />
              <Runtimes runtimes={data.runtimes} />
            </Stack>
          </div>
        </>
      )}
    </div>
  );
}

/** Where nothing has run yet. */
function FirstSteps() {
  return (
    <section className="panel" aria-label="First steps">
      <h2>Nothing has run yet</h2>
      <ol className="panel-body first-steps">
        <li>
          <Link to="/assistants" className="link">
            Assistants
          </Link>{' '}
          say what runs when a document arrives, or an event.
        </li>
        <li>
          Upload a file to{' '}
          <Link to="/documents" className="link">
            Documents
          </Link>
          , or send an event to <code>POST /api/events</code>.
        </li>
        <li>
          What they do then is listed in{' '}
          <Link to="/executions" className="link">
            Executions
          </Link>
          , step by step, with what went wrong.
        </li>
      </ol>
    </section>
  );
}

const PERIODS = { '1 hour': 'lastHour', '24 hours': 'last24Hours', '7 days': 'last7Days' } as const;

function Tiles({ overview, span }: { overview: Overview; span: Span }) {
  const period = overview[PERIODS[span]];
  const running = overview.statuses.RUNNING - overview.waiting.workers;
  const within = ` and createdOn ge '${new Date(Date.parse(overview.asOf) - SPANS[span] * HOUR_MS).toISOString()}'`;
  const tiles = [
    { name: 'Running', count: Math.max(running, 0), tone: 'busy', filter: RUNNING },
    { name: 'Waiting', count: overview.queueDepth, tone: 'wait', filter: WAITING },
    { name: 'Succeeded', count: period.succeeded, tone: 'ok', filter: `status eq 'SUCCEEDED'${within}` },
    { name: 'Failed', count: period.failed, tone: 'bad', filter: `status eq 'FAILED'${within}` },
    { name: 'All ever', count: overview.total, tone: 'off', filter: undefined },
  ];
  return (
    <div className="tiles">
      {tiles.map(({ name, count, tone, filter }) => (
        <Link
          key={name}
          to="/executions"
          search={filter === undefined ? {} : { filter }}
          className="panel tile"
          data-tone={count > 0 ? tone : 'off'}
        >
          <span className="muted">{name}</span>
          <strong className={count > 0 && tone !== 'off' ? 'toned' : ''}>{count.toLocaleString()}</strong>
        </Link>
      ))}
      {overview.oldestPending && (
        <Link to="/executions/$id" params={{ id: overview.oldestPending.id }} className="panel tile">
          <span className="muted">Oldest wait</span>
          <strong title={`since ${overview.oldestPending.createdOn}`}>
            {durationText(Date.parse(overview.asOf) - Date.parse(overview.oldestPending.createdOn))}
          </strong>
        </Link>
      )}
    </div>
  );
}

function Runtimes({ runtimes }: { runtimes: readonly ModuleRuntime[] }) {
  return (
    <section className="panel" aria-label="Runtimes">
      <h2>Runtimes</h2>
      {runtimes.length === 0 ? (
        <Empty title="No runtime is known yet">It appears with the first execution that is planned.</Empty>
      ) : (
        <Table columns={RUNTIME_COLUMNS} rows={runtimes} keyOf={({ ref }) => ref} />
      )}
    </section>
  );
}

const RUNTIME_COLUMNS: readonly Column<ModuleRuntime>[] = [
  { name: 'Runtime', className: 'broken', cell: ({ ref }) => ref },
  { name: 'Waiting', className: 'right', cell: ({ queueDepth }) => queueDepth.toLocaleString() },
  { name: 'Running', className: 'right', cell: ({ active }) => active.toLocaleString() },
  { name: 'Workers', className: 'right', cell: ({ workers }) => workers },
  { name: 'Oldest', className: 'right nowrap', cell: ({ oldestWaitMs }) => durationText(oldestWaitMs) },
  { name: '/ min', className: 'right nowrap hide-phone', cell: ({ ref }) => <Throughput runtimeRef={ref} /> },
];

/** One bar an hour: what was created then, by how it stands now. */
function Hours({ counts, hours }: { counts: ExecutionCounts; hours: number }) {
  const byHour = new Map(counts.counts.map((count) => [count.hour === null ? 0 : Date.parse(count.hour), count]));
  const firstMs = hourOf(Date.now()).getTime() - (hours - 1) * HOUR_MS;
  const most = Math.max(0, ...counts.counts.map(({ total }) => total));
  const bars = Array.from({ length: hours }, (_, index) => firstMs + index * HOUR_MS).map((atMs) => {
    const { total = 0, statuses = {} } = byHour.get(atMs) ?? {};
    const { SUCCEEDED: ok = 0, FAILED: bad = 0 } = statuses;
    const parts = [
      { tone: 'ok', count: ok },
      { tone: 'bad', count: bad },
      { tone: 'busy', count: total - ok - bad },
    ];
    return { atMs, total, bad, parts };
  });
  return (
    <section className="panel" aria-label="Executions by hour">
      <h2>
        Created by hour <span className="muted">{most > 0 && `at most ${most.toLocaleString()}`}</span>
      </h2>
      <div className="panel-body">
        <div className="bars" role="img" aria-label={`At most ${most.toLocaleString()} an hour`}>
          {bars.map(({ atMs, total, bad, parts }) => (
            <span key={atMs} title={`${new Date(atMs).toLocaleString()}: ${total} created, ${bad} failed`}>
              {parts.map(({ tone, count }) => (
                <i key={tone} data-tone={tone} style={{ height: `${(100 * count) / Math.max(most, 1)}%` }} />
              ))}
            </span>
          ))}
        </div>
        <div className="bars-axis muted">
          <Instant at={new Date(firstMs).toISOString()} />
          <span>now</span>
        </div>
      </div>
    </section>
  );
}

function hourOf(ms: number): Date {
  return new Date(Math.floor(ms / HOUR_MS) * HOUR_MS);
}
