/**
 * Every metric of Gantry's own: which apps have it, what it means, its labels. The registries of the apps are made from
 * this table, and docs/metrics.md is written from it. A name is never given another meaning.
 */

export type MetricApp = 'api' | 'scheduler' | 'worker';

export interface MetricDefinition {
  apps: readonly MetricApp[];
  type: 'counter' | 'gauge' | 'histogram';
  /** A sentence, with the unit where the name has none. */
  help: string;
  /** What each label holds. */
  labels: Readonly<Record<string, string>>;
  /** Of a histogram, in the unit of its name. */
  buckets?: readonly number[];
}

/** A label has so many values at most; what comes after them counts as `other`. */
export const LABEL_VALUES_KEPT = 100;

/** From a no-op to the longest step. */
const STEP_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600];
/** From at once to a day in the queue. */
const WAIT_SECONDS = [0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];
const FAST_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const AMOUNTS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];

const MODULE = 'ref of the module';
const RUNTIME = 'module runtime, as org/slug';
const ASSISTANT = 'id of the assistant; `none` for an execution of its own';
const EVENT_TYPE = 'type of the event; `none` for an execution of its own';

export const METRIC_CATALOGUE = {
  gantry_http_request_duration_seconds: {
    apps: ['api'],
    type: 'histogram',
    help: 'Time from the arrival of a request to its answer.',
    labels: {
      method: 'HTTP method',
      route: 'path of the route, with the names of its parameters',
      status: 'HTTP status',
    },
    buckets: FAST_SECONDS,
  },
  gantry_ingest_batch_events: {
    apps: ['api'],
    type: 'histogram',
    help: 'Events that were written in one transaction.',
    labels: {},
    buckets: AMOUNTS,
  },
  gantry_late_jobs_total: {
    apps: ['api'],
    type: 'counter',
    help: 'Executions that Redis did not take when they were created; the leading scheduler enqueues them.',
    labels: {},
  },
  gantry_content_bytes: {
    apps: ['api'],
    type: 'gauge',
    help: 'Bytes in the content store, as they were last counted; each api tells the same.',
    labels: { organization: 'slug of the organization' },
  },
  gantry_contents_unreferenced_total: {
    apps: ['api'],
    type: 'counter',
    help: 'Contents that were discarded because nothing referred to them for a week.',
    labels: {},
  },
  gantry_content_quota_refusals_total: {
    apps: ['api'],
    type: 'counter',
    help: 'Uploads that were refused because their organization has as many contents as it may.',
    labels: {},
  },
  gantry_scheduler_leads: {
    apps: ['scheduler'],
    type: 'gauge',
    help: '1 on the scheduler that leads, 0 on those that stand by.',
    labels: {},
  },
  gantry_executions_finished_total: {
    apps: ['scheduler'],
    type: 'counter',
    help: 'Executions that reached a final status.',
    labels: { status: 'the status', assistant: ASSISTANT, event_type: EVENT_TYPE },
  },
  gantry_execution_queue_wait_seconds: {
    apps: ['scheduler'],
    type: 'histogram',
    help: 'Time from the creation of an execution to the start of its first step, observed when it ends.',
    labels: { event_type: EVENT_TYPE },
    buckets: WAIT_SECONDS,
  },
  gantry_execution_duration_seconds: {
    apps: ['scheduler'],
    type: 'histogram',
    help: 'Time from the creation of an execution to its end.',
    labels: { event_type: EVENT_TYPE },
    buckets: WAIT_SECONDS,
  },
  gantry_execution_processing_seconds: {
    apps: ['scheduler'],
    type: 'histogram',
    help: 'Time from the start of the first step of an execution to its end.',
    labels: { event_type: EVENT_TYPE },
    buckets: STEP_SECONDS,
  },
  gantry_runtime_waiting_slices: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Slices that wait for a worker. Of the leader alone, as all that is told by runtime.',
    labels: { runtime: RUNTIME },
  },
  gantry_runtime_delayed_slices: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Slices that wait for the time of their next attempt.',
    labels: { runtime: RUNTIME },
  },
  gantry_runtime_active_slices: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Slices that workers run.',
    labels: { runtime: RUNTIME },
  },
  gantry_runtime_oldest_wait_seconds: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'How long the slice has waited that waits longest; 0 when none waits.',
    labels: { runtime: RUNTIME },
  },
  gantry_runtime_workers: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Workers that serve the runtime.',
    labels: { runtime: RUNTIME },
  },
  gantry_planning_backlog_jobs: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Jobs of executions that wait in Redis to be planned.',
    labels: {},
  },
  gantry_journal_entries: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Entries of the journal, a few facts each, that are not yet folded into the record.',
    labels: {},
  },
  gantry_journal_lag_seconds: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Age of the oldest entry of the journal; 0 when it is empty.',
    labels: {},
  },
  gantry_fold_batch_facts: {
    apps: ['scheduler'],
    type: 'histogram',
    help: 'Facts that were folded into the record in one transaction.',
    labels: {},
    buckets: AMOUNTS,
  },
  gantry_fold_duration_seconds: {
    apps: ['scheduler'],
    type: 'histogram',
    help: 'Time that folding one batch took, with its commit.',
    labels: {},
    buckets: FAST_SECONDS,
  },
  gantry_facts_parked_total: {
    apps: ['scheduler'],
    type: 'counter',
    help: 'Facts that the record refused; their executions have failed.',
    labels: {},
  },
  gantry_executions_repaired_total: {
    apps: ['scheduler'],
    type: 'counter',
    help: 'Executions that nobody worked on any more and that were set going again, or stopped.',
    labels: {},
  },
  gantry_admission_backlog_executions: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Executions that wait in the record for a place in Redis; counted up to 100,000.',
    labels: {},
  },
  gantry_schedule_lag_seconds: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'How long the schedule is overdue that should have fired first; 0 when none is.',
    labels: {},
  },
  gantry_bulk_operations_open: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Bulk operations that are not finished.',
    labels: {},
  },
  gantry_bulk_items_open: {
    apps: ['scheduler'],
    type: 'gauge',
    help: 'Items of these operations that are still to be done.',
    labels: {},
  },
  gantry_worker_slots: {
    apps: ['worker'],
    type: 'gauge',
    help: 'Slices the worker runs at the same time at most.',
    labels: { runtime: RUNTIME },
  },
  gantry_worker_slots_used: {
    apps: ['worker'],
    type: 'gauge',
    help: 'Slices the worker runs.',
    labels: { runtime: RUNTIME },
  },
  gantry_step_attempts_total: {
    apps: ['worker'],
    type: 'counter',
    help: 'Attempts of steps by how they ended.',
    labels: {
      module: MODULE,
      result: 'succeeded, failed, crashed (it took its process down), aborted, waiting, unavailable',
    },
  },
  gantry_step_attempt_duration_seconds: {
    apps: ['worker'],
    type: 'histogram',
    help: 'Time that attempts of steps took.',
    labels: { module: MODULE },
    buckets: STEP_SECONDS,
  },
  gantry_step_retries_total: {
    apps: ['worker'],
    type: 'counter',
    help: 'Attempts that were not the first of their step.',
    labels: { module: MODULE },
  },
  gantry_leases_lost_total: {
    apps: ['worker'],
    type: 'counter',
    help: 'Slices that another worker took over while this one ran them.',
    labels: { runtime: RUNTIME },
  },
  gantry_database_round_trip_seconds: {
    apps: ['api', 'scheduler'],
    type: 'gauge',
    help: 'Time that Postgres took to answer `select 1` at this scrape, waiting for a connection included.',
    labels: {},
  },
  gantry_database_connections: {
    apps: ['api', 'scheduler'],
    type: 'gauge',
    help: 'Connections of the pool to Postgres, and who waits for one.',
    labels: { state: 'busy, idle, awaited' },
  },
  gantry_database_connections_limit: {
    apps: ['api', 'scheduler'],
    type: 'gauge',
    help: 'Connections that the pool opens at most.',
    labels: {},
  },
  gantry_redis_round_trip_seconds: {
    apps: ['api', 'scheduler', 'worker'],
    type: 'gauge',
    help: 'Time that Redis took to answer PING at this scrape.',
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;

type Catalogue = typeof METRIC_CATALOGUE;

/** The metrics of a type that an app has. */
export type MetricName<App extends MetricApp, Type extends MetricDefinition['type']> = {
  [Name in keyof Catalogue]: App extends Catalogue[Name]['apps'][number]
    ? Catalogue[Name]['type'] extends Type
      ? Name
      : never
    : never;
}[keyof Catalogue];

/** A value for each label of a metric. */
export type MetricLabels<Name extends keyof Catalogue> = Readonly<
  Record<keyof Catalogue[Name]['labels'] & string, string | number>
>;
