import type { AssistantInput } from '@gantry/contracts/http/assistant';
import type { EventInput } from '@gantry/contracts/http/event';
import type { Dice } from './dice.ts';

/** A kind of work that is asked for while things go wrong, and how it must end. */
export interface Scenario {
  /** Of 100 events, how many are of this kind; 0: it comes by other ways. */
  share: number;
  steps: (marks: string) => Step[];
  assistant?: Partial<AssistantInput>;
  event?: (dice: Dice) => Partial<EventInput>;
  /** What the producer asks for after a while. */
  later?: 'cancel' | 'reprocess';
  ends: 'SUCCEEDED' | 'FAILED';
}

type Step = NonNullable<NonNullable<AssistantInput['options']>['pipeline']>['steps'][number];

export const LIMIT_AT_ONCE = 3;
const KEYS = ['red', 'green', 'blue'];

const effect = (marks: string, ms: number, bytes = 0): Step => ({ ref: 'chaos/effect', options: { marks, ms, bytes } });
/** Above what the record keeps: the content store has such an output. */
const LARGE = 100_000;

export const SCENARIOS = {
  steady: {
    share: 42,
    steps: (marks) => [effect(marks, 100), effect(marks, 400), effect(marks, 50)],
    ends: 'SUCCEEDED',
  },
  stored: { share: 6, steps: (marks) => [effect(marks, 100, LARGE), effect(marks, 50)], ends: 'SUCCEEDED' },
  cancelled: {
    share: 12,
    steps: (marks) => [effect(marks, 100), effect(marks, 2_500)],
    later: 'cancel',
    ends: 'SUCCEEDED',
  },
  retried: {
    share: 8,
    steps: (marks) => [
      {
        ref: 'gantry/fail',
        options: { failTimes: 1 },
        executionPolicy: { maxAttempts: 3, backoffStrategy: 'fixed', backoffBaseSeconds: 0.2 },
      },
      effect(marks, 50),
    ],
    ends: 'SUCCEEDED',
  },
  failing: { share: 6, steps: (marks) => [effect(marks, 50), { ref: 'gantry/fail' }], ends: 'FAILED' },
  poisonous: { share: 2, steps: (marks) => [effect(marks, 50), { ref: 'chaos/poison' }], ends: 'FAILED' },
  deduplicated: {
    share: 10,
    steps: (marks) => [effect(marks, 500)],
    event: (dice) => ({ deduplicationKey: dice.pick(KEYS) }),
    ends: 'SUCCEEDED',
  },
  limited: {
    share: 5,
    steps: (marks) => [effect(marks, 100)],
    assistant: { maxConcurrentExecutions: LIMIT_AT_ONCE },
    ends: 'SUCCEEDED',
  },
  reprocessed: {
    share: 4,
    steps: (marks) => [effect(marks, 100)],
    event: () => ({ documentFamilyId: crypto.randomUUID() }),
    later: 'reprocess',
    ends: 'SUCCEEDED',
  },
  parent: {
    share: 5,
    steps: () => [{ ref: 'chaos/emitter', options: { eventType: 'CHAOS_CHILD' } }],
    ends: 'SUCCEEDED',
  },
  child: { share: 0, steps: (marks) => [effect(marks, 50)], ends: 'SUCCEEDED' },
  ticking: {
    share: 0,
    steps: (marks) => [effect(marks, 50)],
    assistant: { schedules: [{ id: 'tick', cronExpression: '* * * * * *', catchUp: 'all' }] },
    ends: 'SUCCEEDED',
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const scenarioNames = Object.keys(SCENARIOS) as ScenarioName[];

export function eventTypeOf(name: ScenarioName): string {
  return `CHAOS_${name.toUpperCase()}`;
}

/** One of the scenarios, as often as their shares say. */
export function pickScenario(dice: Dice): ScenarioName {
  let place = dice.between(0, 100);
  for (const name of scenarioNames) {
    place -= SCENARIOS[name].share;
    if (place < 0) return name;
  }
  throw new RangeError('the shares do not add up to 100');
}
