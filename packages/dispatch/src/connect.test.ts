import { type FaultProxy, startFaultProxy } from '@gantry/testkit/fault-proxy';
import { useServers } from '@gantry/testkit/servers';
import { waitFor } from '@gantry/testkit/wait-for';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  connectProducer,
  connectReader,
  connectSubscriber,
  connectSweeper,
  connectWorker,
  readyWithin,
} from './connect.ts';

const CONNECT = [connectProducer, connectReader, connectSubscriber, connectSweeper, connectWorker];
const NEVER_MS = 3_600_000;

let network: FaultProxy;
let url: string;
let opened: Redis[];

beforeEach(async () => {
  const { hostname, port } = new URL(useServers().redisUrl);
  network = await startFaultProxy({ host: hostname, port: Number(port) });
  url = `redis://127.0.0.1:${network.port}`;
  opened = [];
});

function open(connect: (typeof CONNECT)[number]): Redis {
  const redis = connect(url, () => {});
  opened.push(redis);
  return redis;
}

afterEach(async () => {
  for (const redis of opened) redis.disconnect();
  await network.stop();
});

test('connections that have fallen silent are replaced, of every kind', async () => {
  const all = CONNECT.map((connect) => open(connect));
  await Promise.all(all.map((one) => readyWithin(one, NEVER_MS)));
  network.strand();
  const replaced = all.map(async (one) => {
    const givenUp = new Promise((resolve) => one.once('close', resolve));
    one.ping().catch(() => {});
    await givenUp;
    await readyWithin(one, NEVER_MS);
    return one.ping();
  });
  expect(await Promise.all(replaced)).toEqual(all.map(() => 'PONG'));
});

test("a worker's command is sent again until it is answered", async () => {
  const redis = open(connectWorker);
  await readyWithin(redis, NEVER_MS);
  network.hang();
  const answer = redis.ping();
  network.refuse();
  await waitFor(() => redis.status === 'reconnecting');
  network.heal();
  expect(await answer).toBe('PONG');
});

test("a sweeper's command that was cut off fails, and so does one that comes while Redis is away", async () => {
  const redis = open(connectSweeper);
  await readyWithin(redis, NEVER_MS);
  network.hang();
  const cutOff = redis.ping();
  network.refuse();
  await expect(cutOff).rejects.toThrow('max retries');
  await expect(redis.ping()).rejects.toThrow("isn't writeable");
  network.heal();
  await readyWithin(redis, NEVER_MS);
  expect(await redis.ping()).toBe('PONG');
});

test('an app does not wait longer than it likes for a Redis that is away', async () => {
  network.refuse();
  const redis = open(connectSweeper);
  await readyWithin(redis, 1);
  expect(redis.status).not.toBe('ready');
});
