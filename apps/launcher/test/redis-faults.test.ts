import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SystemProcess } from '../src/system.ts';
import { type BreakableRedis, startBreakableRedis } from './breakable-redis.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';
import { underLoad } from './under-load.ts';

/** Longer than a worker's lease (4 s) and than Redis may be silent. */
const LONG_MS = 6_000;

let redis: BreakableRedis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await startBreakableRedis();
  gantry = await startTestSystem({ redisUrl: redis.url, workers: 2, schedulers: 2 });
  await gantry.assistant('probe', [{ ref: 'gantry/noop' }]);
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.stop();
});

/** Events are accepted although Redis gives no answer. */
async function acceptsEvents(name: string): Promise<void> {
  for (let count = 0; count < 3; count += 1) {
    const { executions } = await gantry.contentCreated('probe', `while ${name} ${count}`);
    expect(executions).toHaveLength(1);
  }
}

test('connections are cut again and again, then Redis is killed, stays away for a while, and is started again', () =>
  underLoad(gantry, 'killed', async () => {
    for (let count = 0; count < 20; count += 1) {
      redis.network.cut();
      await delay(50);
    }
    await redis.kill();
    await acceptsEvents('killed');
    await redis.start();
  }));

test('Redis is frozen for longer than any lease', () =>
  underLoad(gantry, 'frozen', async () => {
    redis.freeze();
    await acceptsEvents('frozen');
    await delay(LONG_MS);
    redis.thaw();
  }));

test('connections are half-open for longer than any lease, and stay so for ever: new ones replace them', () =>
  underLoad(gantry, 'half-open', async () => {
    redis.network.hang();
    await acceptsEvents('half-open');
    await delay(LONG_MS);
    redis.network.strand();
  }));

test('Redis comes back with older data than the record has', async () => {
  await gantry.assistant('halfway', [{ ref: 'gantry/sleep', options: { ms: 3_000 } }, { ref: 'gantry/noop' }]);
  let [succeeding, cancelled] = ['', ''];
  await underLoad(gantry, 'rolled back', async () => {
    const answers = await gantry.contentsCreated('halfway', [{}, {}]);
    [succeeding = '', cancelled = ''] = answers.flatMap(({ executions }) => executions.map(({ id }) => id));
    await gantry.reaches(cancelled, 'RUNNING');
    await redis.saveData();
    await gantry.cancel(cancelled);
    await gantry.reaches(cancelled, 'CANCELLED');
    await gantry.reaches(succeeding, 'SUCCEEDED');
    await redis.kill();
    await redis.restoreData();
    await redis.start();
  });
  await gantry.reaches(cancelled, 'CANCELLED');
  await gantry.reaches(succeeding, 'SUCCEEDED');
});

test('everything in Redis is deleted', () =>
  underLoad(gantry, 'wiped', async () => {
    await redis.command((client) => client.flushall());
  }));

test('Redis is full: what it holds is worked off and can be cancelled, what is new waits until there is room', async () => {
  await gantry.assistant('held', [{ ref: 'gantry/sleep', options: { ms: 100 } }, { ref: 'gantry/noop' }]);
  await gantry.assistant('unplannable', [{ ref: 'gantry/unknown' }]);
  await gantry.assistant('endless', [{ ref: 'gantry/sleep', options: { ms: 120_000 } }]);
  const post = async (name: string, count: number) => {
    const answers = await gantry.contentsCreated(name, new Array(count).fill({}));
    return answers.flatMap(({ executions }) => executions.map(({ id }) => id));
  };
  await underLoad(gantry, 'full', async () => {
    const [endless = ''] = await post('endless', 1);
    await gantry.reaches(endless, 'RUNNING');
    const [held, unplannable] = [await post('held', 100), await post('unplannable', 1)];
    await redis.command((client) => client.config('SET', 'maxmemory', '1mb'));
    for (const id of held) await gantry.reaches(id, 'SUCCEEDED');
    for (const id of unplannable) await gantry.reaches(id, 'FAILED');
    await gantry.cancel(endless);
    await gantry.reaches(endless, 'CANCELLED');
    const [late = ''] = await post('held', 1);
    expect((await gantry.execution(late)).status).toBe('PENDING');
    await redis.command((client) => client.config('SET', 'maxmemory', '0'));
    await gantry.reaches(late, 'SUCCEEDED');
  });
});

test('apps that are stopped while Redis is silent or away end in order, and the others take over', async () => {
  await gantry.assistant('stopped', [{ ref: 'gantry/sleep', options: { ms: 2_000 } }, { ref: 'gantry/noop' }]);
  const answers = await gantry.contentsCreated(
    'stopped',
    Array.from({ length: 30 }, () => ({})),
  );
  const ids = answers.flatMap(({ executions }) => executions.map(({ id }) => id));
  await gantry.reaches(ids[0] ?? '', 'RUNNING');
  redis.freeze();
  const stopped = [await gantry.leader(), gantry.worker()];
  expect(await Promise.all(stopped.map(stop))).toEqual(stopped.map(() => IN_ORDER));
  redis.thaw();
  for (const id of ids) await gantry.reaches(id, 'SUCCEEDED');

  const others = gantry.system.processes.filter((one) => !stopped.includes(one));
  await redis.kill();
  await acceptsEvents('stopping');
  expect(await Promise.all(others.map(stop))).toEqual(others.map(() => IN_ORDER));
});

const IN_ORDER = { code: 0, signal: null };

function stop(app: SystemProcess) {
  app.kill('SIGTERM');
  return app.exited;
}
