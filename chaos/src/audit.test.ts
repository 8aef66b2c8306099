import { expect, test } from 'vitest';
import { type Audited, audit, type Evidence } from './audit.ts';
import { Ledger } from './ledger.ts';
import type { ScenarioName } from './scenarios.ts';

const at = (second: number) => new Date(second * 1_000).toISOString();

function execution(id: string, scenario: ScenarioName, more: Partial<Audited> = {}): Audited {
  return {
    id,
    status: 'SUCCEEDED',
    assistantId: scenario,
    eventId: `event of ${id}`,
    reprocessOf: null,
    parentExecutionId: null,
    context: {},
    exceptionDetails: null,
    createdOn: at(1),
    startDate: at(2),
    endDate: at(3),
    pipeline: { steps: [] },
    ...more,
  };
}

function evidence(executions: readonly Audited[], more: Partial<Evidence> = {}): Evidence {
  const scenarios = new Map(executions.map(({ assistantId }) => [String(assistantId), assistantId as ScenarioName]));
  return { ledger: new Ledger(), marks: new Set(), executions, scenarios, ...more };
}

function promised(scenario: ScenarioName, executionIds: readonly string[], deduplicationKey?: string): Ledger {
  const ledger = new Ledger();
  for (const id of executionIds) ledger.events.push({ scenario, acceptedAt: 0, executionIds: [id], deduplicationKey });
  return ledger;
}

const problems = (given: Evidence) => audit(given).map(({ problem, says }) => `${problem}: ${says}`);

test('nothing is found where every promise was kept', () => {
  const steps = [{ ref: 'module://chaos/effect', status: 'SUCCEEDED' as const }];
  const executions = [
    execution('a', 'steady', { pipeline: { steps } }),
    execution('b', 'failing', { status: 'FAILED' }),
    execution('c', 'deduplicated', { status: 'SKIPPED' }),
    execution('d', 'reprocessed', { status: 'REPROCESSED' }),
    execution('e', 'reprocessed', { reprocessOf: 'd', eventId: 'event of d' }),
    execution('p', 'parent'),
    execution('q', 'child', { parentExecutionId: 'p' }),
  ];
  expect(audit(evidence(executions, { ledger: promised('steady', ['a']), marks: new Set(['a 0']) }))).toEqual([]);
});

test('an accepted execution that is not there is lost, and so is an event without one', () => {
  const ledger = promised('steady', ['gone']);
  ledger.events.push({ scenario: 'steady', acceptedAt: 0, executionIds: [], deduplicationKey: undefined });
  ledger.replacements.add('gone too');
  expect(problems(evidence([], { ledger }))).toEqual([
    'lost: is not in the record',
    'lost: is not in the record',
    'lost: an event of steady was accepted without execution',
  ]);
});

test('what has not ended is stuck', () => {
  const executions = [
    execution('a', 'steady', { status: 'RUNNING', endDate: null }),
    execution('b', 'reprocessed', { status: 'PENDING_REPROCESSING' }),
  ];
  expect(problems(evidence(executions))).toEqual(['stuck: is still RUNNING', 'stuck: is still PENDING_REPROCESSING']);
});

test('an end that was not to be is wrong: above all the success of what was cancelled', () => {
  const ledger = new Ledger();
  ledger.cancelled.add('b');
  const executions = [
    execution('a', 'failing'),
    execution('b', 'cancelled'),
    execution('c', 'steady', { status: 'FAILED' }),
  ];
  expect(problems(evidence(executions, { ledger }))).toEqual([
    'wrong: of failing is SUCCEEDED null',
    'wrong: of cancelled is SUCCEEDED null although it was cancelled',
    'wrong: of steady is FAILED null',
  ]);
});

test('a step that succeeded without a mark has not run', () => {
  const steps = [{ ref: 'module://chaos/effect', status: 'SUCCEEDED' as const }];
  expect(problems(evidence([execution('a', 'steady', { pipeline: { steps } })]))).toEqual([
    'wrong: its step 0 succeeded without having run',
  ]);
});

test('two executions of one event, tick or emission are doubled; an emission without one is lost', () => {
  const tick = (id: string, second: number) => execution(id, 'ticking', { context: { scheduleSlot: at(second) } });
  const executions = [
    execution('a', 'steady'),
    execution('b', 'steady', { eventId: 'event of a' }),
    ...[tick('c', 1), tick('d', 1), tick('e', 3)],
    execution('p', 'parent'),
    execution('q', 'parent'),
    execution('r', 'child', { parentExecutionId: 'q' }),
    execution('s', 'child', { parentExecutionId: 'q' }),
  ];
  expect(problems(evidence(executions))).toEqual([
    'doubled: steady event of a made 2',
    `doubled: ticking ${at(1)} made 2`,
    'doubled: child q made 2',
    'lost: has emitted an event that made no child',
    `lost: no tick between 1000, created ${at(1)}, and 3000, created ${at(1)}`,
  ]);
});

test('after an outage of more seconds than a schedule makes up for, the newest hundred have their ticks', () => {
  const tick = (second: number, createdOn: string) =>
    execution(`tick ${second}`, 'ticking', { createdOn, context: { scheduleSlot: at(second) } });
  const caughtUp = (count: number) => Array.from({ length: count }, (_, index) => tick(50 + index, at(200)));
  expect(problems(evidence([tick(1, at(1)), ...caughtUp(100)]))).toEqual([]);
  expect(problems(evidence([tick(1, at(1)), ...caughtUp(99)]))).toHaveLength(1);
});

test('two executions of one key at once are doubled, and more at once than the limit allows is wrong', () => {
  const spans = [
    [1, 5],
    [4, 6],
  ] as const;
  const sameKey = spans.map(([from, to], index) =>
    execution(`k${index}`, 'deduplicated', { startDate: at(from), endDate: at(to) }),
  );
  const limited = ['l', 'm', 'n', 'o'].map((id) => execution(id, 'limited'));
  const ledger = promised('deduplicated', ['k0', 'k1'], 'red');
  expect(problems(evidence([...sameKey, ...limited], { ledger }))).toEqual([
    'doubled: 2 with the key red at once',
    'wrong: 4 of an assistant limited to 3 ran at once',
  ]);
});
