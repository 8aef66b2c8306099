import { Cron } from 'croner';

/** What becomes of slots that passed while nobody was there to fire them: one tick for all of them, none, or each. */
export const CATCH_UPS = ['once', 'none', 'all'] as const;
export type CatchUp = (typeof CATCH_UPS)[number];

/** Six fields, seconds first, which name slots: instants as clocks in the time zone show them. */
export interface CronTimes {
  cronExpression: string;
  timeZone: string;
}

/** A slot this much past is still on time: longer than it takes another scheduler to lead. */
const ON_TIME_MS = 10_000;

/** Ticks of one schedule at once at most; of more missed slots the newest count. */
export const MAX_CATCH_UP = 100;

const FIELDS = 'second minute hour day month weekday';

/** Without a year an expression repeats, so that any instant shows whether it ever names a slot. */
const ANY_INSTANT = new Date(Date.UTC(2000, 0));

/** @returns what is wrong with a cron expression; undefined if nothing is */
export function cronProblem(cronExpression: string): string | undefined {
  const count = cronExpression.trim().split(/\s+/).length;
  if (count === 5) return `expected six fields (${FIELDS}), got five: put the seconds first, such as 0`;
  if (count !== 6) return `expected six fields (${FIELDS})`;
  try {
    const slot = cronOf({ cronExpression, timeZone: 'UTC' }).nextRun(ANY_INSTANT);
    return slot === null ? 'names a time that never comes' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^\w+: /, '') : 'cannot be read';
  }
}

/** Whether it is a time zone of the IANA database, such as `Europe/Zurich` or `UTC`. */
export function isTimeZone(timeZone: string): boolean {
  return timeZone !== '' && nextSlot({ cronExpression: '* * * * * *', timeZone }, ANY_INSTANT) !== null;
}

/**
 * The first slot after an instant. Where clocks are set forward or back, croner decides: a single time of day that is
 * skipped comes right after the gap and one that comes twice counts once; times that repeat within the day are all real
 * ones.
 * @returns null if there is none, also for times that cannot be read (a time zone may be given up by a later database)
 */
export function nextSlot(times: CronTimes, after: Date): Date | null {
  try {
    return cronOf(times).nextRun(after);
  } catch {
    return null;
  }
}

/**
 * The slots to fire now, oldest first.
 * @param schedule `nextAt`: the first slot that was not fired yet
 */
export function dueSlots(schedule: CronTimes & { catchUp: CatchUp; nextAt: Date }, now: Date): Date[] {
  const { nextAt, catchUp } = schedule;
  const onTime = (slot: Date) => now.getTime() - slot.getTime() <= ON_TIME_MS;
  const passed = passedSlots(schedule, nextAt, now);
  switch (catchUp) {
    case 'all':
      return passed;
    case 'none':
      return passed.filter(onTime);
    case 'once':
      return onTime(nextAt) ? passed : passed.slice(-1);
  }
}

function passedSlots(times: CronTimes, from: Date, now: Date): Date[] {
  try {
    const newestFirst = cronOf(times).previousRuns(MAX_CATCH_UP, new Date(now.getTime() + 1));
    return newestFirst.filter((slot) => slot >= from).reverse();
  } catch {
    return [];
  }
}

function cronOf({ cronExpression, timeZone }: CronTimes): Cron {
  return new Cron(cronExpression.trim(), { mode: '6-part', timezone: timeZone });
}
