import type { ScheduleFields } from '@gantry/contracts/http/schedule';
import { nextSlot } from '@gantry/domain/schedule';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '../database.ts';
import type { Row } from '../tables.ts';

const DEFAULT_TIME_ZONE = 'UTC';

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
    .orderBy('id')
    .forUpdate()
    .execute();
  const standingById = new Map(standing.map((schedule) => [schedule.id, schedule]));
  const schedules = wanted?.map((fields, ordinal) => scheduleOf(assistant.id, fields, ordinal)) ?? standing;
  const rows = schedules.map((schedule) => ({
    ...schedule,
    last_at: standingById.get(schedule.id)?.last_at ?? null,
    next_at: assistant.active ? nextAt(schedule, standingById.get(schedule.id), now) : null,
  }));
  await tx.deleteFrom('schedules').where('assistant_id', '=', assistant.id).execute();
  if (rows.length > 0) await tx.insertInto('schedules').values(rows).execute();
}

type Definition = Omit<Row<'schedules'>, 'last_at' | 'next_at'>;

function scheduleOf(assistantId: string, fields: ScheduleFields, ordinal: number): Definition {
  return {
    assistant_id: assistantId,
    id: fields.id ?? uuidv7(),
    ordinal,
    type: fields.type ?? null,
    cron_expression: fields.cronExpression,
    time_zone: fields.timeZone ?? DEFAULT_TIME_ZONE,
    catch_up: fields.catchUp ?? 'once',
  };
}

function nextAt(schedule: Definition, standing: Row<'schedules'> | undefined, now: Date): Date | null {
  const unchanged = standing?.cron_expression === schedule.cron_expression && standing.time_zone === schedule.time_zone;
  const { cron_expression: cronExpression, time_zone: timeZone } = schedule;
  return (unchanged ? standing.next_at : null) ?? nextSlot({ cronExpression, timeZone }, now);
}
