import { BUDGETS, overspent } from './budgets.ts';
import { countCosts } from './count-costs.ts';
import { COUNTER_NAMES, COUNTERS } from './counters.ts';

/** Prints what executions cost beside what they may. @returns whether all is within its budget */
export async function check(): Promise<boolean> {
  const { execution, step, idle } = await countCosts();
  console.table(
    Object.fromEntries(
      COUNTER_NAMES.map((counter) => [
        COUNTERS[counter],
        {
          'an execution': round(execution[counter]),
          'may cost': BUDGETS.execution[counter],
          'a step more': round(step[counter]),
          'may cost ': BUDGETS.step[counter],
          'a second of rest': round(idle[counter]),
        },
      ]),
    ),
  );
  const dear = overspent({ execution, step });
  for (const { per, counter, cost, budget } of dear) {
    console.error(`${COUNTERS[counter]}: ${round(cost)} per ${per}, ${budget} at most`);
  }
  return dear.length === 0;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
