import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { SliceJob, StepInput } from '@gantry/contracts/execution-job';
import { DEFAULT_RUNTIME, type ModuleMetadata } from '@gantry/contracts/module-definition';
import { Brake } from '@gantry/dispatch/brake';
import { CallBacks } from '@gantry/dispatch/call-backs';
import { connectWorker } from '@gantry/dispatch/connect';
import { openExecutions } from '@gantry/dispatch/open-executions';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { Queues } from '@gantry/dispatch/queues';
import { Shards } from '@gantry/dispatch/shards';
import { SliceLeases } from '@gantry/dispatch/slice-lease';
import { SliceQueue } from '@gantry/dispatch/slice-queue';
import { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import { type Fact, factSchema } from '@gantry/domain/fact';
import type { JsonObject } from '@gantry/domain/json';
import type { ExecutionPolicy } from '@gantry/domain/pipeline';
import { planSlices } from '@gantry/domain/plan';
import { parseAllowList } from '@gantry/outbound/address-rules';
import { createOutboundHttp } from '@gantry/outbound/outbound-http';
import { HttpRunner } from '@gantry/runners/http-runner';
import { NodeRunner } from '@gantry/runners/node-runner';
import { StepEngine } from '@gantry/runners/step-engine';
import { createLogger } from '@gantry/service/logger';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { type HeldSlice, HeldSlices } from '../src/held-slices.ts';
import { modulesElsewhere } from '../src/modules-elsewhere.ts';
import { runSlice } from '../src/run-slice.ts';
import { attemptSteps } from '../src/step-attempt.ts';
import { StepCalls } from '../src/step-calls.ts';

const ORGANIZATION = '0193a1b2-0000-7000-8000-000000000001';

/** Modules besides the built-in ones; the body of each is that of `infer`. */
const BODIES: Record<string, string> = {
  crashes: `if (!(input.attempt > input.options.times)) process.exit(1); return input.attempt;`,
  /** Keeps page 1 and takes its process down, keeps page 2 and goes on until it is told to stop, or gives what was kept. */
  pages: `
    if (input.checkpoint?.page === 2) return input.checkpoint;
    input.keepCheckpoint({ page: (input.checkpoint?.page ?? 0) + 1 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (input.checkpoint === null) process.exit(1);
    input.progress(2);
    await new Promise((_, reject) => input.signal.addEventListener('abort', () => reject(input.signal.reason)));`,
  large: `return 'x'.repeat(100_000);`,
  length: `return input.previousOutput.length;`,
  /** Says that it runs, and goes on until it is told to stop. */
  waits: `
    input.progress(1, 2);
    await new Promise((_, reject) => input.signal.addEventListener('abort', () => reject(input.signal.reason)));`,
  /** The same, but it does not mind being told to stop. */
  persists: `
    input.progress(1, 2);
    await new Promise((resolve) => input.signal.addEventListener('abort', resolve));
    return 'all the same';`,
  /** Logs and says much, and fails once. */
  tells: `
    for (let i = 0; i < 250; i += 1) input.logger.info('line ' + i, { attempt: input.attempt });
    for (let i = 0; i < 12; i += 1) input.statusMessage({ title: 'page ' + i, type: i < 11 ? 'SEARCHING' : 'NONSENSE' });
    if (input.attempt === 1) throw new Error('not yet');
    return null;`,
  /** Logs a line and goes on until it is told to stop. */
  mutters: `
    input.logger.warn('it takes long');
    await new Promise((_, reject) => input.signal.addEventListener('abort', () => reject(input.signal.reason)));`,
  /** Logs so much that some of it is held back, and goes on until it is told to stop. */
  chatters: `
    for (let i = 0; i < 600; i += 1) input.logger.info('line ' + i);
    await new Promise((_, reject) => input.signal.addEventListener('abort', () => reject(input.signal.reason)));`,
  emits: `input.emit({ eventType: 'TASK_CREATED', taskId: 't' }); return null;`,
};

interface Step {
  ref: string;
  options?: JsonObject;
  policy?: Partial<ExecutionPolicy>;
  runtime?: string;
  /** It is of the kind `http`, and its endpoint is there. */
  url?: string;
}

const LOOPBACK = parseAllowList(['127.0.0.1']);

/** What a worker works with, on a Redis of its own and with module threads of its own. */
export async function freshWorker(redisPlace?: FreshRedis) {
  const place = redisPlace ?? (await freshRedis());
  const folder = await mkdtemp(join(tmpdir(), 'gantry-worker-'));
  const modulesDir = join(folder, 'modules');
  const contents = createFolderContentStore(join(folder, 'content'));
  await mkdir(modulesDir);
  for (const [slug, body] of Object.entries(BODIES)) {
    const text = `export default { ref: 'test/${slug}', async infer(input) { ${body} } };`;
    await writeFile(join(modulesDir, `${slug}.mjs`), text);
  }
  const logger = createLogger({ name: 'worker', level: 'silent' });
  const node = new NodeRunner({ modulesDirs: [modulesDir], contents, maxIdle: 3, logger });
  const http = new HttpRunner({ outbound: createOutboundHttp(LOOPBACK) });
  const secrets = async (name: string) => (name === 'PAGES' ? 'pages-secret' : undefined);
  const engine = new StepEngine({ runners: { node, http }, slots: 3, secrets, graceMs: 200, logger });
  await engine.start();
  const connect = () => connectWorker(place.url, () => {});
  const redis = connect();
  const shards = new Shards([redis], place.prefix);
  const { keys, queues } = shards.first;
  const unread = new Shards([redis], place.prefix);
  unread.first.queues = new Queues(redis, `${keys.prefix}:unread`);
  const slices = new SliceQueue(shards);
  const leases = new SliceLeases(shards);
  const held = new HeldSlices();
  const registry = new WorkerRegistry(redis, keys);
  const calls = new StepCalls({ leases, callBackUrl: 'http://127.0.0.1' });

  const facts = async (executionId: string): Promise<Fact[]> => {
    const entries = await redis.xrange(keys.journal, '-', '+');
    const all = entries.flatMap(([, fields]) => factSchema.array().parse(JSON.parse(fields[1] ?? '')));
    return all.filter((fact) => fact.executionId === executionId);
  };

  const runHeld = (job: SliceJob, one: HeldSlice, workerId = 'worker-1') =>
    runSlice(
      {
        ...{ leases, slices, workerId, logger },
        hasElsewhere: modulesElsewhere({ registry, workerId, modules: () => node.modules }),
        attempt: attemptSteps({ engine, calls, contents, logger }),
      },
      job,
      one,
    );

  return {
    ...{ shards, redis, keys, queues, slices, leases, held, registry, logger, connect, contents, facts },
    brake: new Brake(shards),
    callBacks: new CallBacks(shards),

    /** Opens an execution, as the planner does; the job of its first slice comes into a queue from which nobody takes it. */
    async open(steps: Step[], input: StepInput = { output: null, outputRef: null, outputId: null }): Promise<SliceJob> {
      const planned = steps.map(({ ref, options = {}, policy = {}, runtime: name = DEFAULT_RUNTIME, url }) => {
        const [orgSlug = '', slug = ''] = ref.split('/');
        const shared = { moduleRuntimeRef: name, options: [] };
        const metadata: ModuleMetadata =
          url === undefined ? { kind: 'node', ...shared } : { kind: 'http', url, ...shared };
        return { ref, options, executionPolicy: policy, module: { orgSlug, slug, version: '1.0.0', metadata } };
      });
      const plan = planSlices(planned.map((step) => step.module.metadata.moduleRuntimeRef));
      const job: SliceJob = {
        ...{ executionId: randomUUID(), organizationId: ORGANIZATION, epoch: 1, priority: 5, context: { a: 1 } },
        ...{ parameters: {}, documentFamily: null, contentObject: null },
        ...{ slice: 0, slices: plan, steps: planned, input },
      };
      const about = { executionId: job.executionId, epoch: 1, at: Date.now() };
      const fact = { kind: 'planned', ...about, slices: plan } as const;
      await openExecutions(unread, [{ planned: fact, first: job }], 1);
      return job;
    },

    runHeld,

    /** Runs a slice as a worker that just took its job. */
    run(job: SliceJob, { holder = held, workerId = 'worker-1' }: { holder?: HeldSlices; workerId?: string } = {}) {
      const { executionId, epoch, slice } = job;
      const lease = { executionId, epoch, slice, token: randomUUID() };
      return holder.hold(lease, `${executionId}.${epoch}.${slice}`, (one) => runHeld(job, one, workerId));
    },

    /** The facts of the execution, in short: what happened to which attempt of which step. */
    async story(executionId: string): Promise<string[]> {
      return (await facts(executionId)).flatMap((fact) => {
        if (!('step' in fact)) return fact.kind;
        const what = `${fact.step}.${fact.stepAttempt}`;
        if (fact.kind !== 'step-finished') return `${fact.kind} ${what}`;
        const finished = `step-finished ${what} ${fact.status}`;
        return fact.startedAt === undefined ? finished : [`step-started ${what}`, finished];
      });
    },

    /** Resolves once a step of the execution runs in its thread and has said so. */
    isRunning: (executionId: string) =>
      waitFor(async () => (await facts(executionId)).some(({ kind }) => kind === 'step-progress')),

    permissionOf: (executionId: string) => redis.hgetall(keys.execution(executionId)),

    /** Puts something of another type in the place of its key. */
    async spoil(executionId: string): Promise<void> {
      await redis.multi().del(keys.execution(executionId)).sadd(keys.execution(executionId), 'x').exec();
    },

    /** The jobs that wait for a worker of that runtime. */
    async waiting(runtimeName: string): Promise<SliceJob[]> {
      const jobs = await queues.get(runtimeQueueName(runtimeName)).getJobs(['prioritized'], 0, -1, true);
      return jobs.map((job) => job.data);
    },

    async close(): Promise<void> {
      await engine.close();
      await shards.closeQueues();
      await unread.close();
      await place.cleanup();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type FreshWorker = Awaited<ReturnType<typeof freshWorker>>;
