import type { ExecutionCounts } from '@gantry/contracts/http/execution-counts';
import type { ModuleRuntime } from '@gantry/contracts/http/module-runtime';
import type { Overview } from '@gantry/contracts/http/overview';
import { SegmentedControl, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api.ts';
import { Instant } from '../instant.tsx';
import { Problem } from '../problem.tsx';
import { Health } from './health.tsx';

const HOUR_MS = 3_600_000;
const REFRESH_MS = 5_000;

const SPANS = { '24 hours': 24, '7 days': 168 } as const;
type Span = keyof typeof SPANS;
const spans = Object.keys(SPANS) as Span[];

/** How everything is doing: what ran, what waits, and what failed for which reason. */
export function OverviewPage() {
  const [span, setSpan] = useState<Span>('24 hours');
  const { data, error, refetch } = useQuery({
    queryKey: ['overview', span],
    queryFn: async ({ signal }) => {
      const from = hourOf(Date.now() - (SPANS[span] - 1) * HOUR_MS).toISOString();
      const [overview, counts, failures, runtimes] = await Promise.all([
        api.rollups.overview({ signal }),
        api.rollups.executions({ from, by: 'hour', signal }),
        api.rollups.failures({ from, signal }),
        api.moduleRuntimes.list({ pageSize: 100, signal }),
      ]);
      return { overview, counts, failures, runtimes: runtimes.content };
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <main>
      <div className="page-head">
        <h1>Overview</h1>
        <span className="grow" />
        <SegmentedControl
          size="xs"
          aria-label="Time"
          data={spans}
          value={span}
          onChange={(next) => setSpan(spans.find((each) => each === next) ?? '24 hours')}
        />
      </div>
      {error && !data && <Problem error={error} onRetry={() => void refetch()} />}
      {data && (
        <>
          <Health overview={data.overview} runtimes={data.runtimes} />
          <Tiles overview={data.overview} span={span} />
          <div className="two">
            <Failures groups={data.failures.groups} />
            <Stack gap={14}>
              <Hours counts={data.counts} hours={SPANS[span]} />
              <Runtimes runtimes={data.runtimes} />
            </Stack>
          </div>
        </>
      )}
    </main>
  );
}

function Tiles({ overview, span }: { overview: Overview; span: Span }) {
  const period = span === '24 hours' ? overview.last24Hours : overview.last7Days;
  const { statuses } = overview;
  const tiles = [
    { name: 'Running', count: statuses.RUNNING, tone: 'busy', filter: "status eq 'RUNNING'" },
    { name: 'Waiting', count: overview.queueDepth, tone: 'wait', filter: "status in ('PENDING','REQUESTED')" },
    { name: 'Succeeded', count: period.succeeded, tone: 'ok', filter: "status eq 'SUCCEEDED'" },
    { name: 'Failed', count: period.failed, tone: 'bad', filter: "status eq 'FAILED'" },
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
          <span className="muted">Oldest waits since</span>
          <strong>
            <Instant at={overview.oldestPending.createdOn} />
          </strong>
        </Link>
      )}
    </div>
  );
}

type Group = Awaited<ReturnType<typeof api.rollups.failures>>['groups'][number];

function Failures({ groups }: { groups: readonly Group[] }) {
  return (
    <section className="panel" aria-label="Failures">
      <h2>Failures by cause</h2>
      {groups.length === 0 && (
        <div className="empty">
          <p style={{ margin: 0, fontWeight: 600 }}>Nothing failed</p>
          <p className="muted" style={{ margin: '4px 0 0' }}>
            What fails is gathered here by what went wrong, newest first.
          </p>
        </div>
      )}
      {groups.length > 0 && (
        <div className="scroll-x">
          <table className="dense">
            <thead>
              <tr>
                <th className="right">Count</th>
                <th>What went wrong</th>
                <th>Last</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <tr key={group.id}>
                  <td className="right" data-tone="bad">
                    <strong className="toned">{group.count.toLocaleString()}</strong>
                  </td>
                  <td>
                    <Link to="/executions" search={{ filter: group.filter }} className="plain">
                      {group.lastMessage ?? group.message}
                    </Link>
                    <div className="muted mono">
                      {[group.ref, group.code].filter((each) => each !== null).join(' · ')}
                    </div>
                  </td>
                  <td className="nowrap">
                    <Link to="/executions/$id" params={{ id: group.lastExecutionId }} className="link">
                      <Instant at={group.lastSeen} />
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Runtimes({ runtimes }: { runtimes: readonly ModuleRuntime[] }) {
  return (
    <section className="panel" aria-label="Runtimes">
      <h2>Runtimes</h2>
      <div className="scroll-x">
        <table className="dense">
          <thead>
            <tr>
              <th>Runtime</th>
              <th className="right">Waiting</th>
              <th className="right">Running</th>
              <th className="right">Workers</th>
            </tr>
          </thead>
          <tbody>
            {runtimes.map(({ ref, queueDepth, active, workers }) => (
              <tr key={ref}>
                <td>{ref}</td>
                <td className="right">{queueDepth.toLocaleString()}</td>
                <td className="right">{active.toLocaleString()}</td>
                <td className="right">{workers}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** One bar an hour: what was created then, by how it stands now. */
function Hours({ counts, hours }: { counts: ExecutionCounts; hours: number }) {
  const byHour = new Map(counts.counts.map((count) => [count.hour === null ? 0 : Date.parse(count.hour), count]));
  const firstMs = hourOf(Date.now()).getTime() - (hours - 1) * HOUR_MS;
  const most = Math.max(1, ...counts.counts.map(({ total }) => total));
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
      <h2>Created by hour</h2>
      <div className="panel-body">
        <div className="bars" role="img" aria-label={`At most ${most.toLocaleString()} an hour`}>
          {bars.map(({ atMs, total, bad, parts }) => (
            <span key={atMs} title={`${new Date(atMs).toLocaleString()}: ${total} created, ${bad} failed`}>
              {parts.map(({ tone, count }) => (
                <i key={tone} data-tone={tone} style={{ height: `${(100 * count) / most}%` }} />
              ))}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}

function hourOf(ms: number): Date {
  return new Date(Math.floor(ms / HOUR_MS) * HOUR_MS);
}
