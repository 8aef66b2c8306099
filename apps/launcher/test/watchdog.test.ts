import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SystemProcess } from '../src/system.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';

let redis: FreshRedis;
let client: Redis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await freshRedis();
  client = new Redis(redis.url);
  const options = { redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1, env: { WATCHDOG_SECONDS: '1' } };
  gantry = await startTestSystem(options);
});

afterAll(async () => {
  await gantry?.stop();
  await client?.quit();
  await redis?.cleanup();
});

const readiness = async ({ url }: SystemProcess) => (await fetch(`${url}/health/ready`)).json();

test.each([
  { name: 'scheduler', check: 'queue', queue: 'executions' },
  { name: 'worker-1', check: 'queues', queue: 'runtime.gantry.default' },
])(
  '$name is not ready while nothing is taken from $queue, says why, and is ready again',
  async ({ name, check, queue }) => {
    const process = gantry.system.processes.find((one) => one.name === name);
    if (process === undefined) throw new Error(`there is no ${name}`);
    expect(await readiness(process)).toMatchObject({ status: 'ok', checks: { [check]: 'ok' } });
    // As somebody pauses it in the queue dashboard.
    await client.hset(`${redis.prefix}:${queue}:meta`, 'paused', '1');
    await gantry.assistant(name, [{ ref: 'gantry/noop' }]);
    const { executions } = await gantry.contentCreated(name, 'stuck');
    const refused = await waitFor(async () => {
      const answer = (await readiness(process)) as { status: string };
      return answer.status === 'unavailable' ? answer : undefined;
    });
    expect(refused).toEqual({
      status: 'unavailable',
      checks: expect.objectContaining({ [check]: 'failed', redis: 'ok' }),
      reasons: {
        [check]: expect.stringMatching(new RegExp(`^1 wait in the queue ${queue} and none was taken for \\d+ s$`)),
      },
    });
    await client.hdel(`${redis.prefix}:${queue}:meta`, 'paused');
    await waitFor(async () => ((await readiness(process)) as { status: string }).status === 'ok');
    await gantry.reaches(executions[0]?.id ?? '', 'SUCCEEDED');
  },
);
