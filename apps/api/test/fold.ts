import type { Execution } from '@gantry/contracts/http/execution';
import type { Fact, FactOf } from '@gantry/domain/fact';
import { retryTransaction } from '@gantry/record/connection/retry-transaction';
import { foldFacts } from '@gantry/record/fold/fold-facts';
import type { RunningApi } from './start-api.ts';

/** Folds facts into the record and tells of it, as the recorder does. */
export async function fold(api: Pick<RunningApi, 'db' | 'commits'>, ...facts: Fact[]): Promise<void> {
  const options = { now: new Date(), priorityDefaults: {} };
  await api.commits.follow(retryTransaction(api.db, (tx) => foldFacts(tx, facts, options)));
}

export function plannedFact({ id, pipeline }: Execution): FactOf<'planned'> {
  const slices = [{ runtime: 'gantry/default', firstStep: 0, stepCount: pipeline.steps.length }];
  return { kind: 'planned', executionId: id, epoch: 1, at: Date.now(), slices };
}

/** What a worker says about the first lease of the first slice. */
export function aboutStep({ id }: Execution, seq: number, step = 0) {
  return { executionId: id, epoch: 1, slice: 0, attempt: 1, seq, step, stepAttempt: 1, at: Date.now() };
}

export function startedFact(execution: Execution): FactOf<'step-started'> {
  return { kind: 'step-started', ...aboutStep(execution, 0), workerId: 'worker-1' };
}

export function finishedFact(
  execution: Execution,
  seq: number,
  different: Partial<FactOf<'step-finished'>> = {},
): FactOf<'step-finished'> {
  return {
    kind: 'step-finished',
    ...aboutStep(execution, seq),
    workerId: 'worker-1',
    status: 'SUCCEEDED',
    ...{ output: null, outputRef: null, outputId: null, error: null, emitted: [], nextStep: null },
    ...different,
  };
}
