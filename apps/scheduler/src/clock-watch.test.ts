import { expect, test } from 'vitest';
import { ClockWatch } from './clock-watch.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2025-01-31T12:00:00Z');

/** Looks at instants of the three clocks, in ms from the start. @returns what is complained of after each */
function looks(...times: [record: number, local: number, passed: number][]) {
  const said: unknown[] = [];
  const watch = new ClockWatch({ error: (about: unknown) => void said.push(about) } as never);
  const complaints = times.map(([record, local, passed]) => {
    watch.look(new Date(START + record), START + local, passed);
    return watch.complaint(passed);
  });
  return { complaints, said };
}

test('clocks that go alike are not in doubt', () => {
  const { complaints, said } = looks([0, 0, 0], [1_000, 1_500, 1_000], [HOUR, HOUR + 20_000, HOUR]);
  expect(complaints).toEqual([undefined, undefined, undefined]);
  expect(said).toEqual([]);
});

test('a scheduler whose clock is ahead prunes nothing until it is set right, and says so once', () => {
  const { complaints, said } = looks([0, 40 * DAY, 0], [1_000, 40 * DAY + 1_000, 1_000], [2_000, 2_000, 2_000]);
  const ahead = "the clock of Postgres and the scheduler's are 3456000 s apart: nothing is pruned";
  expect(complaints).toEqual([ahead, ahead, undefined]);
  expect(said).toEqual([{ complaint: ahead }]);
});

test('where both clocks jump, as those of one machine do, nothing is pruned for an hour', () => {
  const jump = 40 * DAY;
  const { complaints } = looks(
    [0, 0, 0],
    [jump + 1_000, jump + 1_000, 1_000],
    [jump + HOUR, jump + HOUR, HOUR],
    [jump + HOUR + 2_000, jump + HOUR + 2_000, HOUR + 2_000],
  );
  const jumped = 'the clock of Postgres has jumped by 3456000 s: nothing is pruned for an hour';
  expect(complaints).toEqual([undefined, jumped, jumped, undefined]);
});
