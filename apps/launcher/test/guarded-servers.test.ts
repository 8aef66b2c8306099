import { doctorSchema } from '@gantry/contracts/http/diagnosis';
import { afterAll, expect, test } from 'vitest';
import { expectAllSucceeded } from './audit.ts';
import { makeCertificate, startGuardedRedis, startPooledDatabase } from './guarded-servers.ts';
import { startTestSystem } from './test-system.ts';

// Redis and Postgres as they are where others run them, with the rights and settings that the docs say are enough.
const cleanups: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

async function startGuarded() {
  const certificate = await makeCertificate();
  cleanups.push(certificate.remove);
  const redis = await startGuardedRedis(certificate);
  cleanups.push(redis.stop);
  const database = await startPooledDatabase(certificate);
  cleanups.push(database.stop);
  const gantry = await startTestSystem({
    databaseUrl: database.url,
    redisUrl: redis.url,
    workers: 1,
    env: { NODE_EXTRA_CA_CERTS: certificate.certificate },
  });
  cleanups.push(gantry.stop);
  return { gantry, redis };
}

test('TLS, a Redis user of few rights and no CONFIG, PgBouncer and no superuser: all is as ever', async () => {
  const { gantry, redis } = await startGuarded();
  const { id } = await gantry.assistant('guarded', [
    { ref: 'gantry/sleep', options: { ms: 20 } },
    { ref: 'gantry/noop' },
  ]);
  await gantry.assistant('cancelled', [{ ref: 'gantry/sleep', options: { ms: 120_000 } }]);
  const events = Array.from({ length: 60 }, (_, index) => ({
    ...gantry.event('guarded', `e${index}`),
    id: `e${index}`,
  }));
  const answers = await gantry.contentsCreated('guarded', events);
  const [long] = (await gantry.contentCreated('cancelled', 'one')).executions;
  await gantry.reaches(long?.id ?? '', 'RUNNING');
  await gantry.cancel(long?.id ?? '');

  const accepted = answers.map((answer, index) => ({ event: events[index] ?? {}, answer }));
  await expectAllSucceeded(gantry, id, accepted);
  await gantry.reaches(long?.id ?? '', 'CANCELLED');
  const { checks } = await gantry.api.get('/api/admin/doctor', doctorSchema);
  expect(checks.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect(await redis.refusals()).toEqual([]);

  // It reads its file as the default user.
  await redis.crash();
  expect(await redis.refusals()).toEqual([]);
});
