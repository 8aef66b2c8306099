import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { dueSlots, nextSlot, type Overlap } from '@gantry/domain/schedule';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { type IngestOptions, ingestWithin } from '../events/ingest-events.ts';
import type { Row } from '../schema/tables.ts';

type DueSchedule = Row<'schedules'> & { next_at: Date } & Pick<Row<'assistants'>, 'organization_id' | 'project_id'>;

const QUEUE_ONE: Overlap = 'queue-one';

/** Of the events that ticks are. */
const SOURCE = 'schedule';

/** With the id of its schedule, the deduplication key of an execution of which another one may not run beside it. */
const RUN_KEY = 'schedule/';

/** Its own id is told apart from those of its assistant's other schedules alone. */
export type ScheduleKey = `${string}/${string}`;

const keyOf = sql<ScheduleKey>`schedules.assistant_id || '/' || schedules.id`;

/** Which of the schedules that are due, the longest due first. */
export interface WhichDue {
  /** At once at most. */
  batch: number;
  /** None of these. */
  except: readonly ScheduleKey[];
}

/** Where a tick is to wait for the execution of the last one, its schedule stays due. */
const isDue = (now: Date, except: readonly ScheduleKey[]) => sql<boolean>`(
  schedules.next_at <= ${now} and not ${keyOf} = any(${[...except]}::text[])
  and not (schedules.overlap = ${QUEUE_ONE} and exists (
    select from executions where executions.assistant_id = schedules.assistant_id
      and executions.dedup_key = 'own:' || ${RUN_KEY} || schedules.id
  )))`;

/** @returns those that are due */
export async function findDueSchedules(tx: Tx, { batch, except }: WhichDue, now: Date): Promise<ScheduleKey[]> {
  const { rows } = await sql<{ key: ScheduleKey }>`
    select ${keyOf} as key from schedules where ${isDue(now, except)} order by next_at limit ${batch}`.execute(tx);
  return rows.map(({ key }) => key);
}

export interface Fired {
  /** As many as the batch: there may be more. */
  due: number;
  missed: MissedSlots[];
}

/** Slots of a schedule that nobody was there to fire, and that its catch-up leaves out. */
interface MissedSlots {
  schedule: ScheduleKey;
  /** The first of them. */
  from: Date;
  /** The first one fired after them; null: none was. */
  to: Date | null;
}

/**
 * Fires the schedules that are due and moves their clocks on, in one transaction: each slot becomes an event that its
 * assistant alone hears. The slot is part of the event's identity, so that one fired again, by whoever, creates nothing.
 * @param which `only`: at most this one
 */
export async function fireSchedules(
  tx: Tx,
  { batch, except, only }: WhichDue & { only?: ScheduleKey },
  options: IngestOptions,
): Promise<Fired> {
  const { now } = options;
  const { rows: due } = await sql<DueSchedule>`
    select schedules.*, assistants.organization_id, assistants.project_id
    from schedules join assistants on assistants.id = schedules.assistant_id
    where ${isDue(now, except)} and (${only ?? null}::text is null or ${keyOf} = ${only ?? null})
    order by schedules.next_at limit ${batch}
    for update of schedules skip locked for key share of assistants skip locked`.execute(tx);
  const ends = await endsOfLastRuns(tx, due);
  const slotsOf = new Map(due.map((schedule) => [schedule, slotsToFire(schedule, ends.get(schedule), now)]));
  const missed = due.flatMap((schedule) => missedBy(schedule, slotsOf.get(schedule) ?? []) ?? []);
  await ingestWithin(
    tx,
    due.flatMap((schedule) => (slotsOf.get(schedule) ?? []).map((slot) => tick(schedule, slot))),
    options,
  );
  await moveClocks(
    tx,
    due.map((schedule) => ({
      ...schedule,
      last_at: slotsOf.get(schedule)?.at(-1) ?? schedule.last_at,
      next_at: nextSlot(timesOf(schedule), now),
    })),
  );
  return { due: due.length, missed };
}

/** Of schedules whose ticks wait for the last run, and count as missed when they are late: when that run ended. */
async function endsOfLastRuns(tx: Tx, due: readonly DueSchedule[]): Promise<Map<DueSchedule, Date>> {
  const lastTicks = new Map(
    due.flatMap((schedule) => {
      const { overlap, catch_up, last_at } = schedule;
      return overlap === QUEUE_ONE && catch_up === 'none' && last_at
        ? [[externalIdOf(schedule, last_at), schedule]]
        : [];
    }),
  );
  if (lastTicks.size === 0) return new Map();
  const organizationIds = [...new Set([...lastTicks.values()].map(({ organization_id }) => organization_id))];
  const { rows } = await sql<{ external_id: string; ended: Date }>`
    select events.external_id, max(executions.finished_at) as ended
    from events join executions on executions.event_id = events.id
    where events.organization_id = any(${organizationIds}) and events.source = ${SOURCE}
      and events.external_id = any(${[...lastTicks.keys()]}) and executions.finished_at is not null
    group by events.external_id`.execute(tx);
  return new Map(
    rows.flatMap(({ external_id, ended }) => {
      const schedule = lastTicks.get(external_id);
      return schedule ? [[schedule, ended]] : [];
    }),
  );
}

function slotsToFire(schedule: DueSchedule, heldUntil: Date | undefined, now: Date): Date[] {
  const slots = dueSlots({ ...timesOf(schedule), heldUntil }, now);
  // What became due while the last one ran is one tick, however many slots have passed.
  return schedule.overlap === QUEUE_ONE ? slots.slice(-1) : slots;
}

/** Of one that waits for its last run, what came before the newest slot was missed only if nothing is caught up. */
function missedBy(schedule: DueSchedule, [first]: readonly Date[]): MissedSlots | undefined {
  const { assistant_id, id, overlap, catch_up, next_at } = schedule;
  const waits = overlap === QUEUE_ONE && catch_up !== 'none';
  if (waits || (first !== undefined && first <= next_at)) return undefined;
  return { schedule: `${assistant_id}/${id}`, from: next_at, to: first ?? null };
}

function timesOf(schedule: DueSchedule) {
  return {
    cronExpression: schedule.cron_expression,
    timeZone: schedule.time_zone,
    catchUp: schedule.catch_up,
    nextAt: schedule.next_at,
  };
}

function externalIdOf({ assistant_id, id }: DueSchedule, slot: Date): string {
  return `${assistant_id}/${id}/${slot.toISOString()}`;
}

function tick(schedule: DueSchedule, at: Date): IncomingEvent {
  const slot = at.toISOString();
  return {
    organizationId: schedule.organization_id,
    externalId: externalIdOf(schedule, at),
    source: SOURCE,
    eventType: 'SCHEDULED',
    projectId: schedule.project_id,
    priority: null,
    deduplicationKey: schedule.overlap === 'allow' ? null : RUN_KEY + schedule.id,
    storeId: null,
    documentFamilyId: null,
    contentObjectId: null,
    channelId: null,
    messageId: null,
    taskId: null,
    scheduleSlot: `${schedule.id}/${slot}`,
    documentFamily: null,
    data: { scheduleId: schedule.id, scheduleSlot: slot },
    parentExecutionId: null,
    causeDepth: 0,
    traceparent: null,
    assistantId: schedule.assistant_id,
  };
}

async function moveClocks(tx: Tx, schedules: readonly Row<'schedules'>[]): Promise<void> {
  if (schedules.length === 0) return;
  await sql`
    update schedules set last_at = said.last_at, next_at = said.next_at
    from jsonb_populate_recordset(null::schedules, ${JSON.stringify(schedules)}::jsonb) as said
    where schedules.assistant_id = said.assistant_id and schedules.id = said.id`.execute(tx);
}
