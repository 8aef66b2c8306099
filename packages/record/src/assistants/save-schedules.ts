import type { ScheduleFields } from '@gantry/contracts/http/schedule';
import { type CronTimes, nextSlot } from '@gantry/domain/schedule';
import type { Tx } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

/**
 * Makes these the schedules of an assistant, whose row is locked; without `wanted` those it has. The clock of one that
 * is as it was goes on; a new or changed one, or one of an assistant that was not active, starts now. One that is being
 * fired is waited for, so that nothing of the old ones is fired after the commit.
 */
export async function saveSchedules(
  tx: Tx,
  assistant: Pick<Row<'assistants'>, 'id' | 'active'>,
  wanted: readonly ScheduleFields[] | undefined,
  now: Date,
): Promise<void> {
  const standing = await tx
    .selectFrom('schedules')
    .selectAll()
    .where('assistant_id', '=', assistant.id)
    .orderBy('ordinal')
    .forUpdate()
    .execute();
  const schedules = wanted ? merge(assistant.id, wanted, standing) : standing;
  const rows = schedules.map((schedule) => ({
    ...schedule,
    next_at: assistant.active ? (schedule.next_at ?? nextSlot(timesOf(schedule), now)) : null,
  }));
  await tx.deleteFrom('schedules').where('assistant_id', '=', assistant.id).execute();
  if (rows.length > 0) await tx.insertInto('schedules').values(rows).execute();
}

type Schedule = Row<'schedules'>;

/**
 * The schedules as they are wanted. One that is there already keeps what is left out of it; without its id, which some
 * clients lose, it is known by its times.
 */
function merge(assistantId: string, wanted: readonly ScheduleFields[], standing: readonly Schedule[]): Schedule[] {
  const free = new Map(standing.map((schedule) => [schedule.id, schedule]));
  const take = (found: Schedule | undefined) => {
    if (found) free.delete(found.id);
    return found;
  };
  const named = new Map(wanted.map((fields) => [fields, fields.id == null ? undefined : take(free.get(fields.id))]));
  return wanted.map((fields, ordinal) => {
    const own = fields.id == null ? take([...free.values()].find((one) => isMeant(one, fields))) : named.get(fields);
    return scheduleOf(assistantId, fields, ordinal, own);
  });
}

function isMeant(schedule: Schedule, { cronExpression, timeZone }: ScheduleFields): boolean {
  return schedule.cron_expression === cronExpression && (timeZone == null || schedule.time_zone === timeZone);
}

function scheduleOf(
  assistantId: string,
  fields: ScheduleFields,
  ordinal: number,
  standing: Schedule | undefined,
): Schedule {
  const times = { cronExpression: fields.cronExpression, timeZone: fields.timeZone ?? standing?.time_zone ?? 'UTC' };
  return {
    assistant_id: assistantId,
    id: standing?.id ?? fields.id ?? newId(),
    ordinal,
    type: fields.type ?? standing?.type ?? null,
    cron_expression: times.cronExpression,
    time_zone: times.timeZone,
    catch_up: fields.catchUp ?? standing?.catch_up ?? 'once',
    overlap: fields.overlap ?? standing?.overlap ?? 'allow',
    last_at: standing?.last_at ?? null,
    next_at: standing && isMeant(standing, times) ? standing.next_at : null,
  };
}

function timesOf({ cron_expression, time_zone }: Schedule): CronTimes {
  return { cronExpression: cron_expression, timeZone: time_zone };
}
