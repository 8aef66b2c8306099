import { describe, expect, test } from 'vitest';
import { factSchema } from './fact.ts';

const about = { executionId: '0198c0de-0000-7000-8000-000000000001', epoch: 1, at: 1_738_324_800_000 };
const bySlice = { ...about, slice: 0, attempt: 1, seq: 0, step: 0, stepAttempt: 1 };
const noted = { id: '0198c0de-0000-7000-8000-000000000002', at: about.at };
const error = { errorType: 'FLAKY', message: 'it broke' };

const FACTS = {
  planned: { kind: 'planned', ...about, slices: [{ runtime: 'a', firstStep: 0, stepCount: 1 }] },
  unplannable: { kind: 'unplannable', ...about, error },
  started: { kind: 'step-started', ...bySlice, workerId: 'w' },
  retrying: { kind: 'step-retrying', ...bySlice, error, retryAt: about.at },
  progress: { kind: 'step-progress', ...bySlice, progress: 0.5, progressMax: null },
  logged: { kind: 'step-logged', ...bySlice, entries: [{ ...noted, level: 'WARN', text: 'page 7 is blank' }] },
  said: {
    kind: 'step-said',
    ...bySlice,
    messages: [{ ...noted, type: 'WAITING', title: 'Waiting for the printer', subtitle: null }],
  },
  finished: {
    kind: 'step-finished',
    ...bySlice,
    workerId: 'w',
    status: 'SUCCEEDED',
    output: { deep: ['json'] },
    outputRef: null,
    outputId: 'o',
    error: null,
    emitted: [{ eventType: 'ORDER_SHIPPED' }],
    nextStep: 1,
  },
  abandoned: { kind: 'output-abandoned', ...bySlice, outputRef: 'content://acme/1' },
  stopped: { kind: 'stopped', ...about, epoch: 0 },
};

test.each(Object.entries(FACTS))('%s is read as it was written', (_kind, fact) => {
  expect(factSchema.parse(fact)).toEqual(fact);
});

describe('refused, so that it cannot stop the others from being recorded:', () => {
  test.each<[string, object]>([
    ['an unknown kind', { ...FACTS.stopped, kind: 'succeeded' }],
    ['no execution id', { ...FACTS.stopped, executionId: 'x' }],
    ['a time before 1970', { ...FACTS.stopped, at: -1 }],
    ['a time that no calendar has', { ...FACTS.stopped, at: 9e15 }],
    ['a broken time', { ...FACTS.stopped, at: 1.5 }],
    ['a time to retry at that no calendar has', { ...FACTS.retrying, retryAt: 9e15 }],
    ['a negative epoch', { ...FACTS.planned, epoch: -1 }],
    ['an attempt 0', { ...FACTS.started, attempt: 0 }],
    ['a step status that is none', { ...FACTS.finished, status: 'RUNNING' }],
    ['progress that is no number', { ...FACTS.progress, progress: Number.NaN }],
    ['a log level that is none', { ...FACTS.logged, entries: [{ ...noted, level: 'LOUD', text: '' }] }],
    ['more log entries than fit', { ...FACTS.logged, entries: Array(1_001).fill(FACTS.logged.entries[0]) }],
    ['more status messages than are kept', { ...FACTS.said, messages: Array(11).fill(FACTS.said.messages[0]) }],
    ['an error without a code', { ...FACTS.retrying, error: { message: 'it broke' } }],
  ])('%s', (_what, fact) => {
    expect(factSchema.safeParse(fact).success).toBe(false);
  });
});
