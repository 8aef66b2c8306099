import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronProblem, dueSlots, isTimeZone, MAX_CATCH_UP, nextSlot } from './schedule.ts';

const at = (iso: string) => new Date(iso);
const slotsAfter = (cronExpression: string, timeZone: string, after: string, count: number) => {
  const slots: string[] = [];
  let last: Date | null = at(after);
  while (last !== null && slots.length < count) {
    last = nextSlot({ cronExpression, timeZone }, last);
    slots.push(last?.toISOString() ?? 'never');
  }
  return slots;
};

describe('an expression', () => {
  test.each([
    '0 * * * * *',
    '*/5 0-30 8,17 ? JAN-MAR MON-FRI',
    '0 0 12 L * *',
    '0 0 0 29 2 *',
    ' 0  0 3 * * SUN ',
    '0 0/15 * * * ?',
    '0 5/20,50 8 * * ?',
  ])('of six fields is accepted: %s', (expression) => expect(cronProblem(expression)).toBeUndefined());

  test.each([
    ['* * * * *', /six fields .* got five: put the seconds first/],
    ['', /six fields/],
    ['@daily', /six fields/],
    ['2030-01-01T00:00:00', /six fields/],
    ['0 0 0 * * * 2030', /six fields/],
    ['60 * * * * *', /second: 60/],
    ['0 0 24 * * *', /hour: 24/],
    ['0 0 0 * * someday', /illegal characters/],
    ['0 0 0 30 2 *', /never comes/],
  ])('is refused with the reason: %s', (expression, reason) => expect(cronProblem(expression)).toMatch(reason));

  test.each([
    ['MON/2', '1/2'],
    ['sun/3', '0/3'],
  ])('names days as well as it numbers them: %s', (named, numbered) => {
    const slots = (days: string) => slotsAfter(`0 0 6 * * ${days}`, 'UTC', '2026-01-01T00:00:00Z', 8);
    expect(slots(named)).toEqual(slots(numbered));
    expect(cronProblem(`0 0 6 1 FEB/3 ${named}`)).toBeUndefined();
  });

  test('is a time of its zone', () => {
    expect(['UTC', 'Europe/Zurich', 'America/St_Johns'].every(isTimeZone)).toBe(true);
    expect(['', 'Mars/Phobos', '+25:00', 'CEST 2'].some(isTimeZone)).toBe(false);
    expect(slotsAfter('0 30 9 * * *', 'Asia/Kathmandu', '2026-06-01T00:00:00Z', 1)).toEqual([
      '2026-06-01T03:45:00.000Z',
    ]);
  });

  test('that can no longer be read names no slot', () => {
    const broken = { cronExpression: '0 0 0 * * *', timeZone: 'Mars/Phobos' };
    expect(nextSlot(broken, at('2026-01-01T00:00:00Z'))).toBeNull();
    const due = { ...broken, catchUp: 'all', nextAt: at('2026-01-01T00:00:00Z') } as const;
    expect(dueSlots(due, at('2026-01-02T00:00:00Z'))).toEqual([]);
  });
});

describe('in Berlin, where clocks jump from 02:00 to 03:00 on 2026-03-29 and back from 03:00 to 02:00 on 2026-10-25', () => {
  const berlin = (expression: string, after: string, count: number) =>
    slotsAfter(expression, 'Europe/Berlin', after, count);

  test('a daily 02:30 that does not exist comes right after the gap, on the same day', () => {
    expect(berlin('0 30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('a daily 02:30 that comes twice counts once', () => {
    expect(berlin('0 30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  test('each of several fixed times is treated as if it were alone', () => {
    const day = (expression: string, date: string) =>
      berlin(expression, `${date}T12:00:00Z`, 60).filter(
        (slot) => Date.parse(slot) < Date.parse(`${date}T12:00:00Z`) + 24 * 3_600_000,
      );
    for (const date of ['2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25']) {
      const alone = [2, 3, 14].flatMap((hour) => day(`0 0 ${hour} * * *`, date));
      expect(day('0 0 2,3,14 * * *', date), date).toEqual([...new Set(alone)].sort());
      expect(day('0 0 2-3,14 * * *', date), date).toEqual([...new Set(alone)].sort());
    }
    expect(berlin('0 0 2,14 * * *', '2026-03-28T14:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T12:00:00.000Z',
    ]);
    expect(berlin('0 0 2,14 * * *', '2026-10-24T14:00:00Z', 2)).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T13:00:00.000Z',
    ]);
  });

  test('every half hour stays every half hour', () => {
    expect(berlin('0 */30 * * * *', '2026-03-29T00:00:00Z', 3)).toEqual([
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ]);
    expect(berlin('0 */30 * * * *', '2026-10-25T00:00:00Z', 4)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]);
  });
});

describe('after three hours without a scheduler', () => {
  const hourly = { cronExpression: '0 0 * * * *', timeZone: 'UTC', nextAt: at('2026-01-01T09:00:00Z') };
  const now = at('2026-01-01T11:20:00Z');
  const missed = ['09', '10', '11'].map((hour) => at(`2026-01-01T${hour}:00:00Z`));

  test('`once` fires the newest missed slot alone', () => {
    expect(dueSlots({ ...hourly, catchUp: 'once' }, now)).toEqual(missed.slice(-1));
  });

  test('`none` fires nothing, but what has just come', () => {
    expect(dueSlots({ ...hourly, catchUp: 'none' }, now)).toEqual([]);
    expect(dueSlots({ ...hourly, catchUp: 'none' }, at('2026-01-01T11:00:03Z'))).toEqual(missed.slice(-1));
  });

  test('`none` fires what was not missed, but had to wait', () => {
    const held = { ...hourly, catchUp: 'none', heldUntil: at('2026-01-01T10:59:00Z') } as const;
    expect(dueSlots(held, now)).toEqual(missed.slice(0, 2));
  });

  test('`all` fires each, oldest first', () => {
    expect(dueSlots({ ...hourly, catchUp: 'all' }, now)).toEqual(missed);
  });

  test('`all` stops at the newest hundred', () => {
    const slots = dueSlots({ ...hourly, cronExpression: '* * * * * *', catchUp: 'all' }, now);
    expect(slots).toHaveLength(MAX_CATCH_UP);
    expect(slots.at(-1)).toEqual(now);
  });
});

test.each(['once', 'none', 'all'] as const)('what is on time is fired whatever the policy: %s', (catchUp) => {
  const everySecond = { cronExpression: '* * * * * *', timeZone: 'UTC', nextAt: at('2026-01-01T09:00:00Z') };
  expect(dueSlots({ ...everySecond, catchUp }, at('2026-01-01T08:59:59.999Z'))).toEqual([]);
  expect(dueSlots({ ...everySecond, catchUp }, at('2026-01-01T09:00:02.500Z'))).toEqual(
    ['00', '01', '02'].map((second) => at(`2026-01-01T09:00:${second}Z`)),
  );
});

test('Quartz spells steps without a range', () => {
  const hour = (expression: string) =>
    slotsAfter(expression, 'UTC', '2026-01-01T00:00:00Z', 4).map((slot) => slot.slice(11, 16));
  expect(hour('0 0/15 * * * ?')).toEqual(['00:15', '00:30', '00:45', '01:00']);
  expect(hour('0 10/25 * * * ?')).toEqual(['00:10', '00:35', '01:10', '01:35']);
});

test('a fixed time comes on each day once, in every zone and year, whatever others are named beside it', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Santiago',
    'Asia/Beirut',
  );
  const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30));
  fc.assert(
    fc.property(
      zone,
      time,
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 2000, max: 2037 }),
      fc.integer({ min: 0, max: 360 }),
      (timeZone, [hour, minute], other, year, days) => {
        const after = new Date(Date.UTC(year, 0, 1 + days)).toISOString();
        const alone = slotsAfter(`0 ${minute} ${hour} * * *`, timeZone, after, 10);
        const both = slotsAfter(`0 ${minute} ${hour},${other} * * *`, timeZone, after, 25);
        const until = both.at(-1) ?? '';
        expect(both).toEqual(expect.arrayContaining(alone.filter((slot) => slot <= until)));
        expect(new Set(both).size).toBe(both.length);
      },
    ),
    { numRuns: 150 },
  );
});

test('looking back finds the slots that looking forward finds, across all changes of clocks', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns');
  const expression = fc.constantFrom(
    ...['0 30 2 * * *', '0 */20 * * * *', '30 15 1-3 * * *', '0 30 2,14 * * SUN', '0 0 2 L * *', '*/30 * * * * *'],
  );
  const year = { min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z'), noInvalidDate: true };
  fc.assert(
    fc.property(
      zone,
      expression,
      fc.date(year),
      fc.integer({ min: 1, max: 60 }),
      (timeZone, cronExpression, after, n) => {
        const slots = slotsAfter(cronExpression, timeZone, after.toISOString(), n).map(at);
        const [nextAt = after] = slots;
        const now = slots.at(-1) ?? after;
        expect(dueSlots({ cronExpression, timeZone, nextAt, catchUp: 'all' }, now)).toEqual(slots);
      },
    ),
    { numRuns: 200 },
  );
});
