import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseExecutions, type Places, placesLeft, type WaitingExecution } from './admission.ts';

let made = 0;
const waiting = (said: Partial<WaitingExecution> = {}): WaitingExecution => {
  made += 1;
  const usual = { priority: 5, assistantId: null, unservedRuntime: null, passedOver: false };
  return { id: String(made).padStart(6, '0'), ...usual, ...said };
};
const places = (said: Partial<Places> = {}): Places => ({
  ...{ all: 100, unserved: 0, urgent: { places: 0, priority: 0 }, passedOver: 0, assistants: new Map() },
  ...said,
});
/** Nobody gets more for being urgent. */
const NOBODY = { priority: 0, waiting: Number.POSITIVE_INFINITY, lessUrgent: Number.POSITIVE_INFINITY };
const idsOf = (executions: readonly WaitingExecution[]) => executions.map(({ id }) => id);

describe('who is admitted', () => {
  test('comes by priority, then age, as far as the places go', () => {
    const [low, first, high, second] = [{ priority: 1 }, {}, { priority: 1_000 }, {}].map(waiting);
    const all = [low, first, high, second].filter((one) => one !== undefined);
    expect(chooseExecutions(all.toReversed(), places({ all: 3 }))).toEqual({
      admitted: [high?.id, first?.id, second?.id],
      held: [],
    });
  });

  test('an assistant at its own limit holds back its own, however urgent', () => {
    const own = [1, 2, 3].map(() => waiting({ assistantId: 'a', priority: 9 }));
    const other = waiting({ assistantId: 'b' });
    const { admitted, held } = chooseExecutions([...own, other], places({ assistants: new Map([['a', 2]]) }));
    expect(admitted).toEqual([own[0]?.id, own[1]?.id, other.id]);
    expect(held).toEqual([{ id: own[2]?.id, behind: 'assistant:a' }]);
  });

  test('a runtime without workers holds back what needs it once its share is taken', () => {
    const stuck = [1, 2, 3].map(() => waiting({ unservedRuntime: 'acme/gpu', priority: 9 }));
    const other = waiting();
    const { admitted, held } = chooseExecutions([...stuck, other], places({ unserved: 1 }));
    expect(admitted).toEqual([stuck[0]?.id, other.id]);
    expect(held).toEqual([1, 2].map((index) => ({ id: stuck[index]?.id, behind: 'runtime:acme/gpu' })));
  });

  test('without a place the most urgent come all the same, as far as their share goes, and nobody else', () => {
    const [first, second, third] = [9, 9, 9].map((priority) => waiting({ priority }));
    const less = waiting({ priority: 8 });
    const all = [first, second, third, less].filter((one) => one !== undefined);
    const choose = (urgent: Places['urgent']) => chooseExecutions(all, places({ all: 0, urgent })).admitted;
    expect(choose({ places: 2, priority: 9 })).toEqual([first?.id, second?.id]);
    expect(choose({ places: 9, priority: 9 })).toEqual([first?.id, second?.id, third?.id]);
  });

  test('the oldest that were passed over come before all, as far as their share goes, then the most urgent', () => {
    const [late, later, latest] = [1, 3, 0].map((priority) => waiting({ priority, passedOver: true }));
    const [urgent, usual] = [waiting({ priority: 9 }), waiting()];
    const all = [urgent, latest, usual, later, late].filter((one) => one !== undefined);
    const choose = (said: Partial<Places>) => chooseExecutions(all, places({ passedOver: 2, ...said })).admitted;
    expect(choose({ all: 4 })).toEqual([late?.id, later?.id, urgent?.id, usual?.id]);
    expect(choose({ all: 1 })).toEqual([late?.id, later?.id]);
    expect(choose({ all: 0 })).toEqual([late?.id, later?.id]);
    expect(choose({ all: 5, passedOver: 0 })).toEqual([urgent?.id, usual?.id, later?.id, late?.id, latest?.id]);
  });

  test('who was passed over is held like others by what it waits for besides', () => {
    const own = waiting({ priority: 1, passedOver: true, assistantId: 'a' });
    const { admitted, held } = chooseExecutions([own], places({ passedOver: 1, assistants: new Map([['a', 0]]) }));
    expect({ admitted, held }).toEqual({ admitted: [], held: [{ id: own.id, behind: 'assistant:a' }] });
  });

  test('without a place nobody is even held', () => {
    const all = [waiting({ unservedRuntime: 'acme/gpu' }), waiting({ assistantId: 'a' })];
    const none = { admitted: [], held: [] };
    expect(chooseExecutions(all, places({ all: 0, assistants: new Map([['a', 0]]) }))).toEqual(none);
  });
});

describe('places', () => {
  test.each([
    { admitted: { all: 0, unserved: 0 }, left: { all: 100, unserved: 50 } },
    { admitted: { all: 100, unserved: 0 }, left: { all: 0, unserved: 50 } },
    { admitted: { all: 120, unserved: 0 }, left: { all: 0, unserved: 50 } },
    { admitted: { all: 100, unserved: 100 }, left: { all: 50, unserved: -50 } },
    { admitted: { all: 150, unserved: 150 }, left: { all: 25, unserved: -100 } },
    { admitted: { all: 60, unserved: 50 }, left: { all: 65, unserved: 0 } },
    // What Redis holds of an execution may have been cancelled in the record already.
    { admitted: { all: 10, unserved: 40 }, left: { all: 95, unserved: 40 } },
  ])('of 100 with $admitted in Redis: $left', ({ admitted, left }) => {
    expect(placesLeft(100, admitted, NOBODY)).toMatchObject(left);
  });

  test.each([
    { what: 'there are places for all', all: 60, waiting: 0, places: 0 },
    { what: 'there are a few for all', all: 90, waiting: 0, places: 15 },
    { what: 'there is none', all: 100, waiting: 0, places: 25 },
    { what: 'as urgent ones are there', all: 150, waiting: 20, places: 5 },
    { what: 'enough as urgent ones are there', all: 150, waiting: 30, places: 0 },
    { what: 'Redis holds nearly twice the limit', all: 195, waiting: 0, places: 5 },
  ])('the most urgent get some of their own when $what: $places', ({ all, waiting, places }) => {
    expect(placesLeft(100, { all, unserved: 0 }, { ...NOBODY, priority: 9, waiting }).urgent).toEqual({
      places,
      priority: 9,
    });
  });

  test.each([
    { what: 'nothing less urgent is there', all: 100, lessUrgent: 0, passedOver: 13 },
    { what: 'some of that is there', all: 150, lessUrgent: 10, passedOver: 3 },
    { what: 'enough of that is there', all: 100, lessUrgent: 13, passedOver: 0 },
    { what: 'Redis holds nearly twice the limit', all: 195, lessUrgent: 0, passedOver: 5 },
    { what: 'Redis holds more', all: 205, lessUrgent: 0, passedOver: 0 },
  ])('what was passed over gets some of its own when $what: $passedOver', ({ all, lessUrgent, passedOver }) => {
    expect(placesLeft(100, { all, unserved: 0 }, { ...NOBODY, lessUrgent }).passedOver).toBe(passedOver);
  });

  test('whatever runtimes lose their workers in whatever order, Redis holds at most twice the limit', () => {
    const limit = 20;
    const round = fc.record({
      arrive: fc.constantFrom('a', 'b', 'c', 'd'),
      served: fc.subarray(['a', 'b', 'c', 'd']),
      patient: fc.boolean(),
      priority: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(round, { maxLength: 40, size: 'max' }), (rounds) => {
        let inRedis: string[] = [];
        let requested: WaitingExecution[] = [];
        const runtimeOf = new Map<string, string>();
        const priorityOf = new Map<string, number>();
        for (const { arrive, served, patient, priority } of rounds) {
          const fresh = Array.from({ length: 2 * limit }, () => waiting({ priority }));
          for (const { id } of fresh) runtimeOf.set(id, arrive);
          for (const { id } of fresh) priorityOf.set(id, priority);
          requested.push(...fresh);
          // Whoever has workers gets on with it.
          inRedis = inRedis.filter((id, index) => !served.includes(runtimeOf.get(id) ?? '') || index % 2 === 0);
          const stuck = inRedis.filter((id) => !served.includes(runtimeOf.get(id) ?? ''));
          const first = Math.max(...requested.map((one) => one.priority));
          const going = inRedis.filter((id) => !stuck.includes(id));
          const urgent = going.filter((id) => (priorityOf.get(id) ?? 0) >= first).length;
          const left = placesLeft(
            limit,
            { all: inRedis.length, unserved: stuck.length },
            { priority: first, waiting: urgent, lessUrgent: going.length - urgent },
          );
          const known = requested.map((one) => {
            const runtime = runtimeOf.get(one.id) ?? '';
            const passedOver = !patient && one.priority < first;
            return { ...one, passedOver, unservedRuntime: served.includes(runtime) ? null : runtime };
          });
          const { admitted } = chooseExecutions(known, { ...left, assistants: new Map() });
          inRedis.push(...admitted);
          requested = requested.filter(({ id }) => !admitted.includes(id));
          expect(inRedis.length).toBeLessThanOrEqual(2 * limit);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('executions behind runtimes without workers leave some for the others, as many as they may be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000 }), fc.nat(4_000), (limit, unserved) => {
        fc.pre(unserved < 2 * limit - 1);
        expect(placesLeft(limit, { all: unserved, unserved }, NOBODY).all).toBeGreaterThan(0);
      }),
    );
  });
});

test('each is admitted or held once, and none that came behind another with the same needs goes first', () => {
  const one = fc.record({
    priority: fc.nat(3),
    assistantId: fc.constantFrom(null, 'a', 'b'),
    unservedRuntime: fc.constantFrom(null, 'x', 'y'),
  });
  fc.assert(
    fc.property(fc.array(one), fc.nat(20), fc.nat(5), fc.nat(5), (said, all, unserved, ofA) => {
      const executions = said.map(waiting);
      const { admitted, held } = chooseExecutions(
        executions,
        places({ all, unserved, assistants: new Map([['a', ofA]]) }),
      );
      const decided = [...admitted, ...held.map(({ id }) => id)];
      expect(new Set(decided).size).toBe(decided.length);
      expect(admitted.length).toBeLessThanOrEqual(all);
      const chosen = executions.filter(({ id }) => admitted.includes(id));
      expect(chosen.filter(({ unservedRuntime }) => unservedRuntime !== null).length).toBeLessThanOrEqual(unserved);
      expect(chosen.filter(({ assistantId }) => assistantId === 'a').length).toBeLessThanOrEqual(ofA);
      const like = (a: WaitingExecution, b: WaitingExecution) =>
        a.assistantId === b.assistantId && (a.unservedRuntime === null) === (b.unservedRuntime === null);
      for (const later of chosen) {
        const passed = executions.filter(
          (other) =>
            like(other, later) &&
            (other.priority > later.priority || (other.priority === later.priority && other.id < later.id)),
        );
        expect(idsOf(passed).every((id) => admitted.includes(id))).toBe(true);
      }
    }),
  );
});
