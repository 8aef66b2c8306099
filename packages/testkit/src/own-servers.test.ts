import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownPostgres, ownRedis } from './own-servers.ts';
import type { TestServer } from './test-server.ts';

let servers: { redis: TestServer; postgres: TestServer };

beforeAll(async () => {
  const [redis, postgres] = await Promise.all([ownRedis(), ownPostgres()]);
  servers = { redis, postgres };
});

afterAll(async () => {
  await Promise.all([servers.redis.stop(), servers.postgres.stop()]);
});

test('a Redis that was killed refuses connections, and is back at the same URL after a restart', async () => {
  const { url, kill, restart } = servers.redis;
  await redisDo(url, (redis) => redis.set('kept', '1'));
  await kill();
  await expect(redisDo(url, (redis) => redis.get('kept'))).rejects.toThrow();
  await restart();
  expect(await redisDo(url, (redis) => redis.get('kept'))).toBe('1');
});

test('a Postgres that was killed has every commit after a restart', async () => {
  const { url, kill, restart } = servers.postgres;
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS id');
  await kill();
  await expect(query(url, 'SELECT id FROM kept')).rejects.toThrow();
  await restart();
  expect(await query(url, 'SELECT id FROM kept')).toEqual([{ id: 42 }]);
  await restart(); // while it runs
  expect(await query(url, 'SELECT id FROM kept')).toEqual([{ id: 42 }]);
});

async function redisDo<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined); // the command rejects with it
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
