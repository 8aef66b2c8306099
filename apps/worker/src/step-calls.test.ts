import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { readCallToken } from '@gantry/dispatch/call-backs';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FreshWorker, freshWorker } from '../test/fresh-worker.ts';

let worker: FreshWorker;
/** Where the endpoint was told to answer, call by call. */
const callBacks: string[] = [];
/** Answers at once that it will answer later. */
const endpoint = createServer(async (request, response) => {
  callBacks.push(JSON.parse(await text(request)).step.callBack);
  response.writeHead(202).end();
});
beforeAll(async () => {
  worker = await freshWorker();
  await once(endpoint.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  endpoint.close();
  endpoint.closeAllConnections();
  await worker.close();
});

const open = (timeoutSeconds = 60) => {
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  return worker.open([{ ref: 'test/remote', url, policy: { timeoutSeconds } }, { ref: 'gantry/noop' }]);
};
const token = () => {
  const call = readCallToken(callBacks.at(-1)?.split('/').at(-1) ?? '');
  if (call === undefined) throw new Error('the endpoint was not told where to answer');
  return call;
};
const calledOnceMore = (before: number) => expect(callBacks).toHaveLength(before + 1);

test('a step whose endpoint answers later waits without a slot or a worker, and is called once', async () => {
  const before = callBacks.length;
  const job = await open();
  expect(await worker.run(job)).toMatchObject({ kind: 'put-back' });
  expect(await worker.permissionOf(job.executionId)).toMatchObject({ leased: '0', lost: '0' });
  expect(await worker.run(job, { workerId: 'worker-2' })).toMatchObject({ kind: 'put-back' });

  const answer = JSON.stringify({ kind: 'succeeded', output: { pages: 3 } });
  expect(await worker.callBacks.answer(token(), answer)).toBe('taken');
  expect(await worker.run(job, { workerId: 'worker-3' })).toEqual({ kind: 'over' });
  calledOnceMore(before);
  expect(await worker.story(job.executionId)).toEqual([
    'planned',
    'step-started 0.1',
    'step-finished 0.1 SUCCEEDED',
    'step-finished 1.1 SUCCEEDED',
  ]);
  const finished = (await worker.facts(job.executionId)).find(({ kind }) => kind === 'step-finished');
  expect(finished).toMatchObject({ output: { pages: 3 }, workerId: 'worker-3' });
});

test('an endpoint may answer later right after another step of its slice', async () => {
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  const job = await worker.open([{ ref: 'gantry/noop' }, { ref: 'test/remote', url }]);
  expect(await worker.run(job)).toMatchObject({ kind: 'put-back' });
  expect(await worker.callBacks.answer(token(), '{"kind":"succeeded"}')).toBe('taken');
  expect(await worker.run(job)).toEqual({ kind: 'over' });
});

test('an answer makes the slice due, is taken once, and by nobody who does not know the token', async () => {
  const job = await open();
  await worker.slices.add([job]);
  const queue = worker.queues.get(runtimeQueueName('gantry/default'));
  await worker.run(job);
  const call = token();
  expect(await worker.callBacks.answer({ ...call, token: 'x'.repeat(43) }, '{}')).toBe('unknown');
  expect(await worker.callBacks.answer({ ...call, epoch: 2 }, '{}')).toBe('unknown');
  const failed = JSON.stringify({ kind: 'failed', error: { code: 'PAGE_MISSING', message: 'page 7 is missing' } });
  expect(await worker.callBacks.answer(call, failed)).toBe('taken');
  expect(await worker.callBacks.answer(call, failed)).toBe('taken');
  expect(await worker.callBacks.answer(call, '{"kind":"succeeded"}')).toBe('answered');
  expect(await queue.getDelayedCount()).toBe(0);
  await worker.run(job);
  const finished = (await worker.facts(job.executionId)).find(({ kind }) => kind === 'step-finished');
  expect(finished).toMatchObject({ status: 'FAILED', error: { errorType: 'PAGE_MISSING' } });
  expect(await worker.callBacks.answer(call, failed)).toBe('unknown');
});

test('an answer that comes while the slice is being put back is found right after it, at the first look and later', async () => {
  const job = await open();
  const dueAgain = async () => {
    const end = await worker.run(job);
    if (end.kind !== 'put-back' || end.isDue === undefined) throw new Error('the slice does not wait for an answer');
    return end.isDue;
  };
  const looks = [await dueAgain(), await dueAgain()];
  expect(await Promise.all(looks.map((isDue) => isDue()))).toEqual([false, false]);
  expect(await worker.callBacks.answer(token(), '{"kind":"succeeded"}')).toBe('taken');
  expect(await Promise.all(looks.map((isDue) => isDue()))).toEqual([true, true]);
  expect(await worker.run(job)).toEqual({ kind: 'over' });
});

test('an answer shows none of the secrets that the endpoint was sent', async () => {
  const job = await open();
  const [step] = job.steps;
  if (step) step.options = { key: '${secrets.PAGES}' };
  await worker.run(job);
  expect(await worker.callBacks.answer(token(), '{"kind":"succeeded","output":"it was pages-secret"}')).toBe('taken');
  await worker.run(job);
  const finished = (await worker.facts(job.executionId)).find(({ kind }) => kind === 'step-finished');
  expect(finished).toMatchObject({ status: 'SUCCEEDED', output: expect.not.stringContaining('pages-secret') });
});

test('a worker that is lost over the call is followed by one that makes the same call', async () => {
  const job = await open();
  const { executionId, epoch, slice } = job;
  const lease = { executionId, epoch, slice, token: 'lost' };
  await worker.leases.start(lease, 'worker-1', Date.now());
  const first = await worker.leases.openCall(lease, 60_000);
  await worker.run(job, { workerId: 'worker-2' });
  expect(token().token).toBe(first?.token);
});

test('the time of the step goes on while it waits, and a cancelled one is not answered any more', async () => {
  const late = await open(0.05);
  await worker.run(late);
  await expect.poll(() => worker.run(late), { timeout: 10_000 }).toEqual({ kind: 'over' });
  const finished = (await worker.facts(late.executionId)).find(({ kind }) => kind === 'step-finished');
  expect(finished).toMatchObject({ status: 'FAILED', error: { errorType: 'STEP_TIMEOUT' } });

  const cancelled = await open();
  await worker.run(cancelled);
  await worker.brake.apply([{ executionId: cancelled.executionId, epoch: 1 }]);
  expect((await worker.story(cancelled.executionId)).at(-1)).toBe('stopped');
  expect(await worker.callBacks.answer(token(), '{"kind":"succeeded"}')).toBe('unknown');
  expect(await worker.run(cancelled)).toEqual({ kind: 'over' });
});
