import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { ownPostgres } from '@gantry/testkit/own-servers';
import type { TestServer } from '@gantry/testkit/test-server';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAllSucceeded, watchJournal } from './audit.ts';
import { startLoad } from './producers.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';

let redis: FreshRedis;
let postgres: TestServer;
let gantry: TestSystem;

beforeAll(async () => {
  [redis, postgres] = await Promise.all([freshRedis(), ownPostgres()]);
  gantry = await startTestSystem({
    ...{ redisUrl: redis.url, redisPrefix: redis.prefix, databaseUrl: postgres.url },
    ...{ workers: 1, schedulers: 2 },
  });
});

afterAll(async () => {
  await gantry?.stop();
  await postgres?.stop();
  await redis?.cleanup();
});

test('Postgres is killed and restarted again and again under load: nothing is lost, nothing stays', async () => {
  const { id } = await gantry.assistant('restarts', [{ ref: 'gantry/noop' }, { ref: 'gantry/echo' }]);
  const load = startLoad(gantry, 'restarts');
  const more = async (count: number) => {
    const enough = load.accepted.length + count;
    await waitFor(() => load.accepted.length >= enough, { what: `${count} more events accepted` });
  };
  const refused = async () => {
    const before = load.refusals['DATABASE_UNAVAILABLE'] ?? 0;
    await waitFor(() => (load.refusals['DATABASE_UNAVAILABLE'] ?? 0) > before, { what: 'a 503' });
  };
  for (let round = 0; round < 2; round += 1) {
    await more(50);
    await postgres.kill();
    await refused();
    await postgres.restart();
    await more(50);
    await postgres.restart(); // an orderly one, which ends connections in the middle of what they do
  }
  await more(50);
  const accepted = await load.stop();
  expect(Object.keys(load.refusals)).toEqual(['DATABASE_UNAVAILABLE']);

  await expectAllSucceeded(gantry, id, accepted);
  const journal = watchJournal(redis.url, redis.prefix);
  await journal.untilEmpty();
  journal.close();
  expect(gantry.ended).toEqual([]);
});
