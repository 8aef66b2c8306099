import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { FoundModule } from '@gantry/record/modules/find-modules';
import { moduleKey } from '@gantry/record/modules/find-modules';
import { modulesWanted } from '@gantry/record/modules/modules-wanted';
import { expect, test } from 'vitest';
import { type KnownModules, planExecution } from './plan-execution.ts';

const ORGANIZATION = '0193a1b2-0000-7000-8000-000000000001';
const EXECUTION = '0193a1b2-0000-7000-8000-000000000002';
const NOW = 1_764_000_000_000;

const found = (orgSlug: string, slug: string, runtime: string, active = true): FoundModule => ({
  ...{ orgSlug, slug, version: '1.2.0', active },
  metadata: { kind: 'node', moduleRuntimeRef: runtime, options: [] },
});

const FOUND = new Map(
  [
    found('gantry', 'noop', 'gantry/default'),
    found('gantry', 'echo', 'gantry/default'),
    found('acme', 'reader', 'acme/gpu'),
    found('acme', 'asleep', 'acme/gpu', false),
  ].map((module) => [moduleKey({ organizationId: ORGANIZATION, ...module }), module]),
);
const MODULES: KnownModules = {
  found: FOUND,
  newestOf: ({ slug }) => (slug === 'noop' ? ['1.2.0', '1.1.0'] : []),
};

function job(refs: string[], different: Partial<ExecutionJob> = {}): ExecutionJob {
  return {
    ...{ executionId: EXECUTION, organizationId: ORGANIZATION, epoch: 1, priority: 7, context: { a: 1 } },
    ...{ parameters: { p: true }, documentFamily: null, contentObject: null, firstStep: 0 },
    input: { output: null, outputRef: null, outputId: null },
    steps: refs.map((ref, index) => ({ ref, options: { index } })),
    ...different,
  };
}

test('consecutive steps of one runtime make one slice, and the first job holds all a worker needs', () => {
  const given = job(['module://gantry/noop', 'gantry/echo:1.2.0', 'acme/reader', 'gantry/noop']);
  const slices = [
    { runtime: 'gantry/default', firstStep: 0, stepCount: 2 },
    { runtime: 'acme/gpu', firstStep: 2, stepCount: 1 },
    { runtime: 'gantry/default', firstStep: 3, stepCount: 1 },
  ];
  const { firstStep: _, steps, ...work } = given;
  const frozen = ['gantry/noop', 'gantry/echo', 'acme/reader', 'gantry/noop'].map((name) => {
    const { active: _active, ...module } = FOUND.get(`${ORGANIZATION} ${name}`) ?? { active: false };
    return module;
  });
  expect(planExecution(given, MODULES, NOW)).toEqual({
    kind: 'runnable',
    planned: { kind: 'planned', executionId: EXECUTION, epoch: 1, at: NOW, slices },
    first: { ...work, slice: 0, slices, steps: steps.map((step, index) => ({ ...step, module: frozen[index] })) },
  });
});

test('a later planning covers the steps that are left, and still carries all of them', () => {
  const input = { output: { read: true }, outputRef: null, outputId: 'x' };
  const plan = planExecution(
    job(['gantry/noop', 'acme/reader', 'acme/reader'], { epoch: 4, firstStep: 2, input }),
    MODULES,
    NOW,
  );
  expect(plan).toMatchObject({
    planned: { epoch: 4, slices: [{ runtime: 'acme/gpu', firstStep: 2, stepCount: 1 }] },
    first: { epoch: 4, slice: 0, input, steps: [{}, {}, {}] },
  });
});

test('an execution without steps, or with none left, is finished by being planned', () => {
  const planned = { kind: 'planned', executionId: EXECUTION, epoch: 1, at: NOW, slices: [] };
  expect(planExecution(job([]), MODULES, NOW)).toEqual({ kind: 'nothing-to-run', planned });
  expect(planExecution(job(['gantry/noop'], { firstStep: 1 }), MODULES, NOW)).toEqual({
    ...{ kind: 'nothing-to-run', planned },
  });
});

test.each([
  ['gantry/nothing', 'MODULE_NOT_FOUND', 'There is no module gantry/nothing.'],
  ['gantry/noop:2.0.0', 'MODULE_NOT_FOUND', 'There is no version 2.0.0 of gantry/noop.'],
  ['acme/asleep', 'MODULE_INACTIVE', 'The module acme/asleep is not active.'],
  ['no module at all', 'MODULE_REF_INVALID', '"no module at all" is not a module reference.'],
])('a pipeline with %s cannot be planned: %s', (ref, errorType, message) => {
  const error = { errorType, message, errorMessage: message, advice: expect.any(String) };
  expect(planExecution(job(['gantry/noop', ref]), MODULES, NOW)).toEqual({
    kind: 'unplannable',
    fact: {
      ...{ kind: 'unplannable', executionId: EXECUTION, epoch: 1, at: NOW },
      error: { ...error, description: 'Step 2 of the pipeline cannot be planned.' },
    },
  });
});

test('who names a version that there is not is told which there are', () => {
  expect(planExecution(job(['gantry/noop:2.0.0']), MODULES, NOW)).toMatchObject({
    fact: { error: { advice: 'Correct the ref of the step. The newest: 1.2.0, 1.1.0.' } },
  });
});

test('modules of another organization are not seen', () => {
  const other = job(['gantry/noop'], { organizationId: '0193a1b2-0000-7000-8000-00000000000f' });
  expect(planExecution(other, MODULES, NOW)).toMatchObject({ kind: 'unplannable' });
});

test('published versions are frozen, and a later planning takes the same ones whatever was published since', () => {
  const version = (version: string): FoundModule => {
    const bundle = { sha256: version.padEnd(64, '0'), contentRef: version, size: 1, files: 1 };
    const metadata = { ...found('acme', 'counter', 'gantry/default').metadata, bundle };
    return { orgSlug: 'acme', slug: 'counter', version, active: true, metadata };
  };
  const key = moduleKey({ organizationId: ORGANIZATION, orgSlug: 'acme', slug: 'counter' });
  const modules = new Map([...FOUND, [key, version('2.0.0')], [`${key}:1.0.0`, version('1.0.0')]]);
  const versionsOf = (given: ExecutionJob) => {
    const plan = planExecution(given, { ...MODULES, found: modules }, NOW);
    return plan.kind === 'runnable'
      ? [plan.planned.versions, plan.first.steps.map(({ module }) => module.version)]
      : plan;
  };
  const refs = ['gantry/noop', 'acme/counter', 'acme/counter:1.0.0'];
  const runs = (latest: string) => ['1.2.0', latest, '1.0.0'];
  expect(versionsOf(job(refs))).toEqual([[null, '2.0.0', '1.0.0'], runs('2.0.0')]);
  const frozen = [null, '1.0.0', '1.0.0'];
  expect(versionsOf(job(refs, { epoch: 2, versions: frozen }))).toEqual([frozen, runs('1.0.0')]);
  expect(modulesWanted([job(refs, { versions: frozen })])).toMatchObject([
    { version: null },
    { version: '1.0.0', frozen: true },
  ]);
});

test('the modules a job wants are those its steps name', () => {
  const wanted = (slug: string) => ({ organizationId: ORGANIZATION, orgSlug: 'gantry', slug });
  expect(modulesWanted([job(['module://gantry/noop', 'gantry/echo:1.2.0', 'no ref'])])).toMatchObject([
    wanted('noop'),
    wanted('echo'),
  ]);
});
