import { exception, moduleException } from '@gantry/domain/exception-details';
import type { Fact, FactOf } from '@gantry/domain/fact';

type Said<Kind extends Fact['kind']> = Partial<FactOf<Kind>>;

/** What planner and one worker report of an execution with a single slice; `said` replaces what a fact says. */
export function factsOf(executionId: string, epoch = 1, at = Date.now()) {
  const about = { executionId, epoch, at };
  const bySlice = (step: number) => ({ ...about, slice: 0, attempt: 1, seq: step * 10, step, stepAttempt: 1 });
  const finished = (step: number, said: Said<'step-finished'> = {}): Fact => ({
    kind: 'step-finished',
    ...bySlice(step),
    seq: step * 10 + 9,
    workerId: 'worker-1',
    status: 'SUCCEEDED',
    output: null,
    outputRef: null,
    outputId: null,
    error: null,
    emitted: [],
    nextStep: null,
    ...said,
  });
  const facts = {
    planned: (stepCount = 1, said: Said<'planned'> = {}): Fact => ({
      kind: 'planned',
      ...about,
      slices: [{ runtime: 'gantry/default', firstStep: 0, stepCount }],
      ...said,
    }),
    unplannable: (): Fact => ({
      kind: 'unplannable',
      ...about,
      error: exception('MODULE_NOT_FOUND', 'no such module'),
    }),
    started: (step = 0, said: Said<'step-started'> = {}): Fact => ({
      kind: 'step-started',
      ...bySlice(step),
      workerId: 'worker-1',
      ...said,
    }),
    finished,
    failed: (step = 0): Fact => finished(step, { status: 'FAILED', error: moduleException('FLAKY', 'it broke') }),
    abandoned: (outputRef: string): Fact => ({ kind: 'output-abandoned', ...bySlice(0), outputRef }),
    stopped: (said: Said<'stopped'> = {}): Fact => ({ kind: 'stopped', ...about, ...said }),
    /** A whole life of one step. */
    success: (said: Said<'step-finished'> = {}): Fact[] => [facts.planned(), facts.started(), finished(0, said)],
    failure: (): Fact[] => [facts.planned(), facts.started(), facts.failed()],
  };
  return facts;
}
