import { assistantSchema } from '@gantry/contracts/http/assistant';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SystemProcess } from '../src/system.ts';
import { expectAllSucceeded, listAll, watchJournal } from './audit.ts';
import { type Load, startLoad } from './producers.ts';
import { leads, startTestSystem, type TestSystem } from './test-system.ts';

const STEPS = [{ ref: 'gantry/sleep', options: { ms: 30 } }, { ref: 'gantry/noop' }];

/** Four times processes are killed and start again, which a busy machine needs longer for than tests have as a rule. */
const PATIENCE_MS = 180_000;

let redis: FreshRedis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await freshRedis();
  gantry = await startTestSystem({
    ...{ redisUrl: redis.url, redisPrefix: redis.prefix },
    ...{ apis: 2, schedulers: 2, workers: 3, restart: true, env: { WORKER_CONCURRENCY: '4' } },
  });
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
});

async function more(load: Load, count: number): Promise<void> {
  const enough = load.accepted.length + count;
  await waitFor(() => load.accepted.length >= enough, { what: `${count} more events accepted` });
}

async function isReady({ url }: SystemProcess): Promise<boolean> {
  return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) })).ok;
}

async function killAndAwaitReturn(killed: SystemProcess): Promise<void> {
  const { pid } = killed;
  killed.kill('SIGKILL');
  await waitFor(async () => killed.pid !== pid && (await isReady(killed)), {
    what: `${killed.name} to be back`,
  });
}

test(
  'apis, workers and leaders are killed under load, two at a time: what was accepted is done, and recorded once',
  async () => {
    const { id } = await gantry.assistant('killed', STEPS);
    const load = startLoad(gantry, 'killed');
    const named = (name: string) => gantry.system.processes.find((one) => one.name === name) ?? expect.unreachable();
    for (const pair of [
      [named('api-1'), await gantry.leader()],
      [named('worker-1'), named('worker-2')],
      [named('api-2'), named('worker-3')],
      [await gantry.leader(), named('worker-1')],
    ]) {
      await more(load, 15);
      await Promise.all(pair.map(killAndAwaitReturn));
    }
    await more(load, 15);
    const accepted = await load.stop();
    await expectAllSucceeded(gantry, id, accepted);
    expect(Object.keys(load.refusals)).toEqual(['broken']);
    const journal = watchJournal(redis.url, redis.prefix);
    await journal.untilEmpty();
    journal.close();
  },
  PATIENCE_MS,
);

test('the leader is paused under load: the other one leads, ticks go on one by one, and the paused one finds itself deposed', async () => {
  const { id } = await gantry.assistant('paused', STEPS);
  const ticking = await gantry.assistant('ticking', [{ ref: 'gantry/noop' }], {
    connections: [],
    subscription: 'NEVER_SENT',
    schedules: [{ cronExpression: '* * * * * *', catchUp: 'all' }],
  });
  const load = startLoad(gantry, 'paused');
  await more(load, 20);
  const paused = await gantry.leader();
  paused.kill('SIGSTOP');
  const successor = await gantry.leader();
  expect(successor.name).not.toBe(paused.name);
  const ticks = () => listAll(gantry, `assistantId eq '${ticking.id}'`);
  const count = (await ticks()).length;
  await waitFor(async () => (await ticks()).length >= count + 2);
  paused.kill('SIGCONT');
  await waitFor(() => leads(paused).then((still) => !still), { what: 'the paused one to step down' });
  expect(await leads(successor)).toBe(true);
  await more(load, 20);
  await expectAllSucceeded(gantry, id, await load.stop());

  await gantry.api.put(`/api/assistants/${ticking.id}/deactivate`, assistantSchema);
  const slots = (await ticks()).map(({ context }) => Date.parse(String(context['scheduleSlot']))).sort();
  const [first = 0] = slots;
  expect(slots).toEqual(slots.map((_, index) => first + index * 1_000));
});
