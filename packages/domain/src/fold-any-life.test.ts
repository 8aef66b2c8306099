import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExecutionState } from './execution-state.ts';
import type { Fact } from './fact.ts';
import { fold } from './fold.ts';
import { type ExecutionStatus, isFinished, mayComeTo } from './status.ts';
import { allStepsEnded, type Life, randomLife, staleFacts, told } from './test/random-life.ts';

const RUNS = { numRuns: 1_000 };

/** How the recorder happened to read the journal: where its batches end, and in which order each came. */
interface Reading {
  sizes: number[];
  order: number[];
}
const oneByOne: Reading = { sizes: [1], order: [0] };
const atOnce: Reading = { sizes: [1_000], order: [0] };
const anyReading: fc.Arbitrary<Reading> = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }),
  order: fc.array(fc.nat(), { minLength: 1, maxLength: 30 }),
});

function batches(facts: readonly Fact[], { sizes, order }: Reading): Fact[][] {
  const result: Fact[][] = [];
  for (let start = 0; start < facts.length; ) {
    const size = sizes[result.length % sizes.length] ?? 1;
    const keyed = facts
      .slice(start, start + size)
      .map((fact, index) => ({ fact, key: order[index % order.length] ?? 0 }));
    result.push(keyed.sort((a, b) => a.key - b.key).map(({ fact }) => fact));
    start += size;
  }
  return result;
}

/** Every state the record goes through, with the facts it has folded by then. */
function states({ born, journal, stop }: Life, reading: Reading): { state: ExecutionState; folded: Fact[] }[] {
  const result = [{ state: born, folded: [] as Fact[] }];
  const add = (state: ExecutionState, facts: readonly Fact[]) =>
    result.push({ state, folded: [...(result.at(-1)?.folded ?? []), ...facts] });
  const last = () => result.at(-1)?.state ?? born;
  for (const batch of batches(journal.slice(0, stop?.after), reading)) add(fold(last(), batch), batch);
  if (stop === null) return result;
  add(told(last(), stop.how), []);
  for (const batch of batches(journal.slice(stop.after), reading)) add(fold(last(), batch), batch);
  return result;
}

function end(life: Life, reading: Reading): ExecutionState {
  return states(life, reading).at(-1)?.state ?? life.born;
}

/** The statuses that can follow one another while an execution is not finished. */
function leadsTo(from: ExecutionStatus, to: ExecutionStatus): boolean {
  return from === to || mayComeTo(from, to);
}

test('however the journal is cut into batches, and in whatever order a batch comes, the end is the same', () => {
  fc.assert(
    fc.property(randomLife, anyReading, (life, reading) => {
      const expected = end(life, oneByOne);
      expect(end(life, atOnce)).toEqual(expected);
      expect(end(life, reading)).toEqual(expected);
    }),
    RUNS,
  );
});

test('facts that come again, at any later time, change nothing', () => {
  fc.assert(
    fc.property(randomLife, anyReading, fc.array(fc.nat(), { minLength: 1 }), (life, reading, picks) => {
      for (const { state, folded } of states(life, reading)) {
        const again = folded.filter((_, index) => (picks[index % picks.length] ?? 0) % 2 === 0);
        expect(fold(state, again)).toBe(state);
      }
    }),
    RUNS,
  );
});

test('facts of earlier plannings and leases change nothing', () => {
  fc.assert(
    fc.property(randomLife, anyReading, (life, reading) => {
      for (const { state } of states(life, reading)) {
        for (const fact of staleFacts(state)) expect(fold(state, [fact])).toBe(state);
      }
    }),
    RUNS,
  );
});

test('only transitions of the table happen, and what is finished stays as it is', () => {
  fc.assert(
    fc.property(randomLife, anyReading, (life, reading) => {
      const path = states(life, reading);
      for (const [index, { state }] of path.entries()) {
        const next = path[index + 1]?.state ?? state;
        expect(leadsTo(state.status, next.status), `${state.status} to ${next.status}`).toBe(true);
        if (isFinished(state.status)) expect(next).toBe(state);
        expect(isFinished(next.status)).toBe(next.finishedAt !== null);
      }
    }),
    RUNS,
  );
});

test('every life ends, as it was told to if it was, and every step says how', () => {
  fc.assert(
    fc.property(randomLife, (life) => {
      const last = end(life, atOnce);
      if (life.stop) expect(last.status).toBe(life.stop.how === 'CANCELLING' ? 'CANCELLED' : 'FAILED');
      else expect(['SUCCEEDED', 'FAILED']).toContain(last.status);
      expect(allStepsEnded(last)).toBe(true);
      expect(last.exceptionDetails === null).toBe(last.status !== 'FAILED');
      const succeeded = last.steps.every(({ status }) => status === 'SUCCEEDED' || status === 'SKIPPED');
      if (last.status === 'SUCCEEDED') expect(succeeded).toBe(true);
    }),
    RUNS,
  );
});

test('an execution that is not admitted yet takes no facts', () => {
  fc.assert(
    fc.property(randomLife, (life) => {
      const requested: ExecutionState = { ...life.born, status: 'REQUESTED' };
      expect(fold(requested, life.journal)).toBe(requested);
    }),
    RUNS,
  );
});

test('the lives tried here are of every kind', () => {
  const sample = fc.sample(randomLife, { numRuns: 2_000, seed: 1 });
  const has = (what: (life: Life) => boolean) => sample.some(what);
  const kinds = new Set(sample.flatMap(({ journal }) => journal.map(({ kind }) => kind)));
  expect([...kinds].sort()).toEqual([
    'planned',
    'step-finished',
    'step-progress',
    'step-retrying',
    'step-started',
    'stopped',
    'unplannable',
  ]);
  expect(new Set(sample.map((life) => end(life, atOnce).status))).toEqual(
    new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']),
  );
  expect(has(({ journal }) => journal.some(({ epoch }) => epoch > 1))).toBe(true);
  expect(has(({ journal }) => journal.some((fact) => 'attempt' in fact && fact.attempt > 2))).toBe(true);
  expect(has(({ stop }) => stop?.how === 'TIMEOUT')).toBe(true);
  // A cancel that came too late for the last step: everything succeeded, and it is CANCELLED all the same.
  expect(
    has((life) => {
      const { status, steps } = end(life, atOnce);
      return status === 'CANCELLED' && steps.length > 0 && steps.every((step) => step.status === 'SUCCEEDED');
    }),
  ).toBe(true);
});
