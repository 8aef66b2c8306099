import { expect, test } from 'vitest';
import { overspent } from '../src/budgets.ts';
import { countCosts } from '../src/count-costs.ts';

test('an execution, and each step of it, costs the servers no more than its budget', { timeout: 180_000 }, async () => {
  expect(overspent(await countCosts())).toEqual([]);
});
