import type { Costs } from './count-costs.ts';
import { COUNTER_NAMES, type Counter, type Counts } from './counters.ts';

/**
 * What an execution of two steps, and each step more, may cost. A change that makes it dearer raises a budget here and
 * says why. How many executions share a script or a statement depends on how busy the machine is: about a quarter is margin.
 */
export const BUDGETS: Record<'execution' | 'step', Counts> = {
  execution: {
    evalsha: 1.4,
    xadd: 3.4,
    commands: 32,
    bytesToRedis: 6_800,
    bytesFromRedis: 5_600,
    statements: 1,
    walRecords: 66,
    walBytes: 12_500,
  },
  step: {
    evalsha: 0.2,
    xadd: 0.2,
    commands: 2,
    bytesToRedis: 800,
    bytesFromRedis: 800,
    statements: 0.3,
    walRecords: 4,
    walBytes: 500,
  },
};

export interface Overspent {
  per: keyof typeof BUDGETS;
  counter: Counter;
  cost: number;
  budget: number;
}

/** What costs more than it may. */
export function overspent(costs: Pick<Costs, keyof typeof BUDGETS>): Overspent[] {
  return (['execution', 'step'] as const).flatMap((per) =>
    COUNTER_NAMES.map((counter) => ({ per, counter, cost: costs[per][counter], budget: BUDGETS[per][counter] })).filter(
      ({ cost, budget }) => cost > budget,
    ),
  );
}
