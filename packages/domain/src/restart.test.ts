import { expect, test } from 'vitest';
import { decideRestart, type Restart } from './restart.ts';

const steps = [{ ref: 'a/read', options: { page: 1 } }, { ref: 'a/extract' }, { ref: 'a/send', conditional: 'true' }];
const failed: Restart = {
  ...{ original: steps, steps, statuses: ['SUCCEEDED', 'SKIPPED', 'FAILED'], fromStep: null, options: {} },
};

test('without a step it begins at the first that did not succeed, or at the first of all', () => {
  expect(decideRestart(failed)).toMatchObject({ ok: true, fromStep: 2, steps });
  expect(decideRestart({ ...failed, statuses: ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'] })).toMatchObject({
    fromStep: 0,
  });
  expect(decideRestart({ ...failed, statuses: ['PENDING', 'PENDING', 'PENDING'] })).toMatchObject({ fromStep: 0 });
  expect(decideRestart({ ...failed, original: [], steps: [], statuses: [] })).toMatchObject({ ok: true, fromStep: 0 });
});

test('options replace those of steps that run', () => {
  const decision = decideRestart({ ...failed, fromStep: 1, options: { 1: { depth: 2 } } });
  expect(decision).toEqual({
    ok: true,
    fromStep: 1,
    steps: [steps[0], { ...steps[1], options: { depth: 2 } }, steps[2]],
  });
  for (const step of ['0', '3']) {
    expect(decideRestart({ ...failed, fromStep: 1, options: { [step]: {} } })).toMatchObject({
      refusal: { code: 'STEP_UNKNOWN', field: `options.${step}` },
    });
  }
});

test.each([
  ['another module', { ref: 'a/other', options: { page: 1 } }],
  ['other options', { ref: 'a/read', options: { page: 2 } }],
  ['another conditional', { ref: 'a/read', options: { page: 1 }, conditional: 'false' }],
])('a step that has %s now is not taken over', (difference, first) => {
  const current = [first, ...steps.slice(1)];
  expect(decideRestart({ ...failed, steps: current })).toMatchObject({
    refusal: { code: 'PIPELINE_DIFFERS', message: expect.stringContaining(`Step 0 has ${difference}`) },
  });
  expect(decideRestart({ ...failed, steps: current, fromStep: 0 })).toMatchObject({ ok: true });
});

test('a step that has no outcome is not taken over, and one that is not there is unknown', () => {
  const wanted = { ...failed, statuses: ['FAILED', 'SKIPPED', 'SKIPPED'] as const, fromStep: 1 };
  expect(decideRestart(wanted)).toMatchObject({ refusal: { code: 'STEP_NOT_REUSABLE' } });
  expect(decideRestart({ ...failed, fromStep: 3 })).toMatchObject({ refusal: { code: 'STEP_UNKNOWN' } });
});
