import { randomUUID } from 'node:crypto';
import type { PlannedStep, SliceJob, StepInput } from '@gantry/contracts/execution-job';
import { connectWorker } from '@gantry/dispatch/connect';
import { Journal } from '@gantry/dispatch/journal';
import { openExecutions } from '@gantry/dispatch/open-executions';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { Shards } from '@gantry/dispatch/shards';
import { SliceLeases } from '@gantry/dispatch/slice-lease';
import { SliceQueue } from '@gantry/dispatch/slice-queue';
import { type FactOf, factSchema } from '@gantry/domain/fact';
import { createLogger } from '@gantry/service/logger';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HeldSlices } from './held-slices.ts';
import { runSlice } from './run-slice.ts';

let fresh: FreshRedis;
let redis: Redis;
let shards: Shards;
let logged: { level: string; msg: string; step?: number; reason?: string }[];
/** The steps whose modules were run, and what they were given. */
let ran: { name: string; input: StepInput['output'] }[];

beforeEach(async () => {
  fresh = await freshRedis();
  redis = connectWorker(fresh.url, () => {});
  shards = new Shards([redis], fresh.prefix);
  logged = [];
  ran = [];
});
afterEach(async () => {
  await shards.close();
  await fresh.cleanup();
});

const ONE_SLICE = [{ runtime: 'gantry/default', firstStep: 0, stepCount: 4 }];

function step(name: string, conditional?: string): PlannedStep {
  const metadata = { kind: 'node', moduleRuntimeRef: 'gantry/default', options: [] } as const;
  const module = { orgSlug: 'gantry', slug: name, version: '1.0.0', metadata: { ...metadata, options: [] } };
  return { ref: `gantry/${name}`, name, conditional, module };
}

/** Runs the first slice of an execution with these steps. @returns what it reported of each finished step */
async function run(
  steps: PlannedStep[],
  slices = [{ ...ONE_SLICE[0], stepCount: steps.length }] as SliceJob['slices'],
) {
  const job: SliceJob = {
    ...{ executionId: randomUUID(), organizationId: randomUUID(), epoch: 1, priority: 5, parameters: {} },
    ...{ context: { eventType: 'CONTENT_CREATED', amount: 5 }, contentObject: null, slice: 0, slices, steps },
    documentFamily: { id: 'f1', storeId: null, path: null, labels: [], mixins: [], metadata: { kind: 'invoice' } },
    input: { output: 'input', outputRef: null, outputId: null },
  };
  const { executionId, epoch, slice } = job;
  const planned = { kind: 'planned', executionId, epoch, at: 1, slices } as const;
  await openExecutions(shards, [{ planned, first: job }], 1);
  const logger = createLogger({ name: 'test', level: 'info' }, { write: (line) => logged.push(JSON.parse(line)) });
  const deps = { leases: new SliceLeases(shards), slices: new SliceQueue(shards), workerId: 'w1', logger };
  const end = await new HeldSlices().hold({ executionId, epoch, slice, token: 't' }, 'job', (held) =>
    runSlice(
      {
        ...deps,
        hasElsewhere: async () => false,
        attempt: async function* ({ step: { name }, input }) {
          ran.push({ name: name ?? '', input: input.output });
          const output = { output: `by ${name}`, outputRef: null, outputId: null };
          yield { kind: 'succeeded', output, emitted: [], written: [], labels: [], at: Date.now() };
        },
      },
      job,
      held,
    ),
  );
  expect(end).toEqual({ kind: 'over' });
  const { keys } = shards.first;
  const facts = (await new Journal(redis, keys).readNew(100, 1)).flatMap(({ facts: told }) =>
    factSchema.array().parse(JSON.parse(told)),
  );
  return facts.filter((fact): fact is FactOf<'step-finished'> => fact.kind === 'step-finished');
}

test('a step whose conditional is false is skipped, and its input goes on to the next one', async () => {
  const finished = await run([
    step('read', "metadata.kind == 'invoice' and input_event.amount > 4"),
    step('never', "metadata.kind == 'letter'"),
    step('nor this', 'not context.amount'),
    step('write', ''),
  ]);
  expect(finished.map(({ status, output, error }) => [status, output, error])).toEqual([
    ['SUCCEEDED', 'by read', null],
    ['SKIPPED', null, null],
    ['SKIPPED', null, null],
    ['SUCCEEDED', 'by write', null],
  ]);
  expect(ran).toEqual([
    { name: 'read', input: 'input' },
    { name: 'write', input: 'by read' },
  ]);
  expect(logged).toMatchObject([
    { level: 'info', msg: 'step skipped', step: 1, reason: 'it is false' },
    { level: 'info', msg: 'step skipped', step: 2, reason: 'it is false' },
  ]);
});

test('one without an answer is skipped too, and the report says why', async () => {
  const finished = await run([step('divides', 'context.amount / 0 > 1'), step('unreadable', '=='), step('last')]);
  expect(finished.map(({ status, error }) => [status, error?.errorType, error?.message])).toEqual([
    ['SKIPPED', 'CONDITIONAL_FAILED', 'The conditional has no answer: division by zero.'],
    ['SKIPPED', 'CONDITIONAL_FAILED', expect.stringContaining("column 1: expected a value, found '=='")],
    ['SUCCEEDED', undefined, undefined],
  ]);
  expect(ran).toEqual([{ name: 'last', input: 'input' }]);
  expect(logged.map(({ reason }) => reason)).toEqual(['division by zero', expect.stringContaining('column 1')]);
});

test('a slice of which every step is skipped hands over to the next one', async () => {
  const slices = [
    { runtime: 'gantry/default', firstStep: 0, stepCount: 2 },
    { runtime: 'acme/gpu', firstStep: 2, stepCount: 1 },
  ];
  const finished = await run([step('a', 'False'), step('b', 'context.missing'), step('c')], slices);
  expect(finished.map(({ status }) => status)).toEqual(['SKIPPED', 'SKIPPED']);
  expect(ran).toEqual([]);
  const [next] = await shards.first.queues.get(runtimeQueueName('acme/gpu')).getJobs(['prioritized']);
  expect(next?.data.slice).toBe(1);
});
