import { setTimeout as delay } from 'node:timers/promises';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SystemProcess } from '../src/system.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';

// Workers come and go as KEDA would have it: by the number that the chart's ScaledObject asks for, from none to some and back.
const SLICES_PER_WORKER = 10;
const MOST_WORKERS = 2;
const COOLDOWN_MS = 1_000;

let redis: FreshRedis;
let gantry: TestSystem;
let scaler: Autoscaler;

beforeAll(async () => {
  redis = await freshRedis();
  const env = { WORKER_CONCURRENCY: '4', WORKER_STOP_GRACE: '0' };
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 0, env });
  scaler = new Autoscaler(gantry);
});

afterAll(async () => {
  await scaler?.stop();
  await gantry?.stop();
  await redis?.cleanup();
});

class Autoscaler {
  readonly #gantry: TestSystem;
  readonly #workers: SystemProcess[] = [];
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  /** How many workers there were, whenever that changed. */
  readonly history = [0];
  longestWaitSeconds = 0;
  #idleSince: number | undefined;

  constructor(gantry: TestSystem) {
    this.#gantry = gantry;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const wanted = this.#wanted(await this.#slices());
      while (this.#workers.length < wanted)
        await this.#changed(this.#workers.push(await this.#gantry.system.addWorker()));
      for (const worker of this.#workers.splice(wanted)) {
        worker.kill('SIGTERM');
        await worker.exited;
        this.#changed(wanted);
      }
      await delay(200);
    }
  }

  #changed(workers: number): void {
    this.history.push(workers);
  }

  /** As KEDA's `AverageValue` and `cooldownPeriod` have it. */
  #wanted(slices: number): number {
    if (slices > 0) this.#idleSince = undefined;
    else this.#idleSince ??= performance.now();
    const cool = this.#idleSince !== undefined && performance.now() - this.#idleSince > COOLDOWN_MS;
    const least = cool ? 0 : Math.min(1, this.#workers.length);
    return Math.max(least, Math.min(MOST_WORKERS, Math.ceil(slices / SLICES_PER_WORKER)));
  }

  /** What deploy/helm/gantry/templates/workers.yaml has Prometheus add up. */
  async #slices(): Promise<number> {
    const { url } = await this.#gantry.leader();
    const text = await (await fetch(`${url}/metrics`)).text();
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'gm'))].reduce(
        (total, [, value]) => total + Number(value),
        0,
      );
    this.longestWaitSeconds = Math.max(this.longestWaitSeconds, sum('gantry_runtime_oldest_wait_seconds'));
    return ['waiting', 'active', 'delayed'].reduce((total, kind) => total + sum(`gantry_runtime_${kind}_slices`), 0);
  }
}

async function send(assistant: string, contents: readonly string[]): Promise<string[]> {
  const events = contents.map((content) => gantry.event(assistant, content));
  return (await gantry.contentsCreated(assistant, events)).flatMap(({ executions }) => executions.map(({ id }) => id));
}

const named = (wave: string, count: number) => Array.from({ length: count }, (_, index) => `${wave}-${index}`);

test('under a changing load workers come and go, nothing is lost, and nothing waits long', {
  timeout: 180_000,
}, async () => {
  await gantry.assistant('work', [{ ref: 'gantry/sleep', options: { ms: 100 } }, { ref: 'gantry/noop' }]);
  const policy = { maxAttempts: 2, backoffStrategy: 'fixed', backoffBaseSeconds: 6 };
  await gantry.assistant('later', [{ ref: 'gantry/fail', options: { failTimes: 1 }, executionPolicy: policy }]);
  const goneTo = (workers: number) => waitFor(() => scaler.history.at(-1) === workers);

  const first = await send('work', named('a', 40));
  await waitFor(() => scaler.history.includes(MOST_WORKERS));
  first.push(...(await send('work', named('b', 20))));
  for (const id of first) await gantry.reaches(id, 'SUCCEEDED');
  await goneTo(0);

  // Its second attempt is due when nobody would be there, if who waits for it did not count.
  const second = await send('later', named('c', 1));
  for (const id of second) await gantry.reaches(id, 'SUCCEEDED');
  await goneTo(0);

  expect(scaler.longestWaitSeconds).toBeLessThan(60);
  for (const id of [...first, ...second]) expect((await gantry.execution(id)).status).toBe('SUCCEEDED');
});
