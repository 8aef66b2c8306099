import type { Journals } from '@gantry/dispatch/journals';
import { EXECUTIONS_QUEUE } from '@gantry/dispatch/queue-names';
import type { RuntimeLoad, RuntimeLoads } from '@gantry/dispatch/runtime-load';
import type { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import type { Shards } from '@gantry/dispatch/shards';
import { readBacklog } from '@gantry/record/backlog/read-backlog';
import { connectionUse, type Database } from '@gantry/record/connection/database';
import { ping } from '@gantry/record/connection/ping';
import type { EndedExecution } from '@gantry/record/fold/ended-executions';
import type { Metrics } from '@gantry/service/metrics';
import { tellDatabase, tellRedis } from '@gantry/service/server-metrics';
import type { FoldedBatch } from './recorder/recorder.ts';

interface Sources {
  leads: () => boolean;
  db: Database;
  shards: Shards;
  journals: Journals;
  runtimes: RuntimeRegistry;
  loads: RuntimeLoads;
}

type SchedulerMetrics = Metrics<'scheduler'>;

/** What happens on the leader, to be counted. */
export interface LeaderEvents {
  onFolded: (batch: FoldedBatch) => void;
  onParked: () => void;
  onRepaired: (executions: number) => void;
}

/** What the scheduler tells of its work. What is the whole system's is told by the leader alone. */
export function tellSchedulerMetrics(metrics: SchedulerMetrics, sources: Sources): LeaderEvents {
  const { leads, db, shards } = sources;
  metrics.beforeScrape(async () => metrics.set('gantry_scheduler_leads', [[{}, leads() ? 1 : 0]]));
  tellRedis(metrics, shards);
  tellDatabase(metrics, { connections: () => connectionUse(db), ping: () => ping(db) });
  metrics.beforeScrape(() => tellJournal(metrics, sources));
  metrics.beforeScrape(() => tellRuntimes(metrics, sources));
  metrics.beforeScrape(() => tellBacklog(metrics, sources));
  return {
    onFolded({ ended, facts, durationMs }) {
      metrics.observe('gantry_fold_batch_facts', {}, facts);
      metrics.observe('gantry_fold_duration_seconds', {}, durationMs / 1_000);
      for (const execution of ended) countEnded(metrics, execution);
    },
    onParked: () => metrics.count('gantry_facts_parked_total', {}),
    onRepaired: (executions) => metrics.count('gantry_executions_repaired_total', {}, executions),
  };
}

function countEnded(metrics: SchedulerMetrics, execution: EndedExecution): void {
  const { status, createdAtMs, startedAtMs, finishedAtMs } = execution;
  const event_type = execution.eventType ?? 'none';
  metrics.count('gantry_executions_finished_total', { status, assistant: execution.assistantId ?? 'none', event_type });
  metrics.observe('gantry_execution_duration_seconds', { event_type }, seconds(finishedAtMs - createdAtMs));
  if (startedAtMs === null) return;
  metrics.observe('gantry_execution_queue_wait_seconds', { event_type }, seconds(startedAtMs - createdAtMs));
  metrics.observe('gantry_execution_processing_seconds', { event_type }, seconds(finishedAtMs - startedAtMs));
}

async function tellJournal(metrics: SchedulerMetrics, { leads, journals }: Sources): Promise<void> {
  if (!leads()) {
    metrics.set('gantry_journal_entries', []);
    metrics.set('gantry_journal_lag_seconds', []);
    return;
  }
  const [entries, oldestAt] = await Promise.all([journals.length(), journals.oldestAt()]);
  metrics.set('gantry_journal_entries', [[{}, entries]]);
  metrics.set('gantry_journal_lag_seconds', [[{}, secondsSince(oldestAt)]]);
}

async function tellRuntimes(metrics: SchedulerMetrics, { leads, shards, runtimes, loads }: Sources): Promise<void> {
  const names = leads() ? await runtimes.list() : [];
  const found = await loads.read(names);
  const byRuntime = (value: (load: RuntimeLoad) => number) =>
    found.map((load) => [{ runtime: load.runtime }, value(load)] as const);
  metrics.set(
    'gantry_runtime_waiting_slices',
    byRuntime(({ waiting }) => waiting),
  );
  metrics.set(
    'gantry_runtime_delayed_slices',
    byRuntime(({ delayed }) => delayed),
  );
  metrics.set(
    'gantry_runtime_active_slices',
    byRuntime(({ active }) => active),
  );
  metrics.set(
    'gantry_runtime_workers',
    byRuntime(({ workers }) => workers),
  );
  metrics.set(
    'gantry_runtime_oldest_wait_seconds',
    byRuntime(({ oldestAt }) => secondsSince(oldestAt)),
  );
  const toPlan = leads() ? [await jobsToPlan(shards)] : [];
  metrics.set(
    'gantry_planning_backlog_jobs',
    toPlan.map((jobs) => [{}, jobs] as const),
  );
}

async function jobsToPlan({ all }: Shards): Promise<number> {
  const counting = all.map(({ queues }) => queues.get(EXECUTIONS_QUEUE).getJobCountByTypes('prioritized', 'wait'));
  return (await Promise.all(counting)).reduce((sum, jobs) => sum + jobs, 0);
}

async function tellBacklog(metrics: SchedulerMetrics, { leads, db }: Sources): Promise<void> {
  const told = leads() ? [await readBacklog(db)] : [];
  metrics.set(
    'gantry_admission_backlog_executions',
    told.map(({ requested }) => [{}, requested] as const),
  );
  metrics.set(
    'gantry_schedule_lag_seconds',
    told.map(({ scheduleLagSeconds }) => [{}, scheduleLagSeconds] as const),
  );
  metrics.set(
    'gantry_bulk_operations_open',
    told.map(({ bulkOperations }) => [{}, bulkOperations] as const),
  );
  metrics.set(
    'gantry_bulk_items_open',
    told.map(({ bulkItems }) => [{}, bulkItems] as const),
  );
}

function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}

/** @param at ms since 1970; null for nothing that waits */
function secondsSince(at: number | null): number {
  return at === null ? 0 : seconds(Date.now() - at);
}
