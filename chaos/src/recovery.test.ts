import { expect, test } from 'vitest';
import { summarize } from './recovery.ts';

const ended = { id: 'ended', from: 0, to: 900 };
const hit = { id: 'hit', from: 500, to: 4_500 };
const late = { id: 'late', from: 2_500, to: 2_600 };

test('what was unfinished at a moment of a fault was in flight, and the last of it to end is the recovery', () => {
  const injection = { fault: 'worker killed', from: 1_000, to: 2_000, isAlone: true };
  expect(summarize([injection], [ended, hit, late], [])).toEqual([
    { fault: 'worker killed', injected: 1, inFlight: 1, lost: 0, stuck: 0, doubled: 0, wrong: 0, worstRecovery: 2.5 },
  ]);
});

test('the worst of several injections counts, but not of those at which something else was broken too', () => {
  const first = { fault: 'Redis wiped', from: 1_000, to: 4_400, isAlone: true };
  const second = { fault: 'Redis wiped', from: 600, to: 600, isAlone: false };
  expect(summarize([first, second], [ended, hit, late], [])).toMatchObject([
    { injected: 2, inFlight: 4, worstRecovery: expect.closeTo(0.1) },
  ]);
  expect(summarize([second], [hit], [])).toMatchObject([{ worstRecovery: undefined }]);
});

test('what is found of an execution counts for the faults it was in flight at; one that never ended, for all since', () => {
  const injections = ['a', 'b'].map((fault, index) => ({
    fault,
    from: index * 5_000,
    to: index * 5_000,
    isAlone: true,
  }));
  const findings = [
    { problem: 'stuck', executionId: 'endless', says: '' },
    { problem: 'wrong', executionId: 'hit', says: '' },
  ] as const;
  const endless = { id: 'endless', from: 0, to: undefined };
  expect(summarize(injections, [{ ...hit, from: 0 }, endless], findings)).toMatchObject([
    { fault: 'a', stuck: 1, wrong: 1, worstRecovery: Number.POSITIVE_INFINITY },
    { fault: 'b', stuck: 1, wrong: 0, worstRecovery: Number.POSITIVE_INFINITY },
  ]);
});
