import { Cron } from 'croner';

/** What becomes of slots that passed while nobody was there to fire them: one tick for all of them, none, or each. */
export const CATCH_UPS = ['once', 'none', 'all'] as const;
export type CatchUp = (typeof CATCH_UPS)[number];

/** What becomes of a tick while the execution of the last one is unfinished: it runs, is skipped, or waits as the only one. */
export const OVERLAPS = ['allow', 'skip', 'queue-one'] as const;
export type Overlap = (typeof OVERLAPS)[number];

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
    const times = { cronExpression, timeZone: 'UTC' };
    return firstSlot(times, ANY_INSTANT) === null ? 'names a time that never comes' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^\w+: /, '') : 'cannot be read';
  }
}

/** Whether it is a time zone of the IANA database, such as `Europe/Zurich` or `UTC`. */
export function isTimeZone(timeZone: string): boolean {
  return timeZone !== '' && nextSlot({ cronExpression: '* * * * * *', timeZone }, ANY_INSTANT) !== null;
}

/**
 * The first slot after an instant. Where clocks are set forward or back, a fixed time of day that is skipped comes right
 * after the gap and one that comes twice counts once; times that repeat within the day are all real ones.
 * @returns null if there is none, also for times that cannot be read (a time zone may be given up by a later database)
 */
export function nextSlot(times: CronTimes, after: Date): Date | null {
  try {
    return firstSlot(times, after);
  } catch {
    return null;
  }
}

function firstSlot(times: CronTimes, after: Date): Date | null {
  const slots = cronsOf(times).flatMap((cron) => cron.nextRun(after) ?? []);
  return slots.toSorted(byTime)[0] ?? null;
}

/**
 * The slots to fire now, oldest first.
 * @param schedule `nextAt`: the first slot that was not fired yet. `heldUntil`: slots until then were not missed, but had
 * to wait for the last run
 */
export function dueSlots(
  schedule: CronTimes & { catchUp: CatchUp; nextAt: Date; heldUntil?: Date | undefined },
  now: Date,
): Date[] {
  const { nextAt, catchUp, heldUntil } = schedule;
  const onTime = (slot: Date) => now.getTime() - slot.getTime() <= ON_TIME_MS;
  const passed = passedSlots(schedule, nextAt, now);
  switch (catchUp) {
    case 'all':
      return passed;
    case 'none':
      return passed.filter((slot) => onTime(slot) || (heldUntil !== undefined && slot <= heldUntil));
    case 'once':
      return onTime(nextAt) ? passed : passed.slice(-1);
  }
}

function passedSlots(times: CronTimes, from: Date, now: Date): Date[] {
  try {
    const until = new Date(now.getTime() + 1);
    const slots = cronsOf(times).flatMap((cron) => runsSince(cron, from, until));
    const passed = new Map(slots.map((slot) => [slot.getTime(), slot]));
    return [...passed.values()].sort(byTime).slice(-MAX_CATCH_UP);
  } catch {
    return [];
  }
}

/** The newest of them first. */
function runsSince(cron: Cron, from: Date, until: Date): Date[] {
  for (let count = 2; ; count *= 2) {
    const runs = cron.previousRuns(Math.min(count, MAX_CATCH_UP), until);
    const [oldest] = runs.slice(-1);
    const areAll = runs.length < count || oldest === undefined || oldest < from;
    if (areAll || count >= MAX_CATCH_UP) return runs.filter((slot) => slot >= from);
  }
}

function byTime(a: Date, b: Date): number {
  return a.getTime() - b.getTime();
}

/** More are left to croner as they are, which takes those of one hour for times that repeat. */
const MOST_FIXED_TIMES = 48;

/**
 * A cron for each fixed time of day, or one for times that repeat: croner makes up for a change of clocks only where an
 * expression names a single time. `0/15` is read as Quartz and Spring do, as `0-59/15`.
 */
function cronsOf({ cronExpression, timeZone }: CronTimes): Cron[] {
  const [second = '', minute = '', hour = '', ...days] = cronExpression.trim().split(/\s+/).map(spelledOut);
  const fixed = [second, minute, hour].map(numbersIn);
  const [seconds = [], minutes = [], hours = []] = fixed;
  const count = seconds.length * minutes.length * hours.length;
  const times =
    count > 0 && count <= MOST_FIXED_TIMES
      ? seconds.flatMap((s) => minutes.flatMap((m) => hours.map((h) => [s, m, h])))
      : [[second, minute, hour]];
  return times.map((time) => new Cron([...time, ...days].join(' '), { mode: '6-part', timezone: timeZone }));
}

const LAST_OF_FIELD = [59, 59, 23, 31, 12, 6];

/** `5/15`: from the fifth on, each fifteenth; `MON/2`: likewise of days and months by name. */
function spelledOut(field: string, index: number): string {
  return field.replace(/(^|,)(\d+|[a-z]{3})\//gi, `$1$2-${LAST_OF_FIELD[index]}/`);
}

/** The numbers that a field lists, and none of one that repeats (`*`, steps) or cannot be read. */
function numbersIn(field: string): number[] {
  const parts = field.split(',').map((part) => /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part));
  const numbers = parts.flatMap((part) => {
    if (part === null) return [];
    const [first, last] = [Number(part[1]), Number(part[2] ?? part[1])];
    return last < first ? [] : Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return parts.includes(null) ? [] : [...new Set(numbers)];
}
