import { randomUUID } from 'node:crypto';
import { writeCallToken } from '@gantry/dispatch/call-backs';
import { keysOf } from '@gantry/dispatch/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** A step that waits for what it is told; its address needs no key. */
async function waitingStep() {
  const [executionId, token] = [randomUUID(), 'a'.repeat(43)];
  const key = keysOf(api.prefix).execution(executionId);
  await api.redis.hset(key, { epoch: '1', open: '1', slice: '0', runtime: 'gantry/default', call: token });
  const url = `${api.url}/call-backs/${writeCallToken({ executionId, epoch: 1, token })}`;
  const send = async (body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, code: text === '' ? undefined : JSON.parse(text).code };
  };
  return { send, kept: () => api.redis.hget(key, 'callAnswer') };
}

test('an endpoint says how a step ended, once, and again if it did not hear that it was taken', async () => {
  const { send, kept } = await waitingStep();
  const said = { kind: 'succeeded', output: { pages: 2 } };
  expect(await send(said)).toEqual({ status: 204 });
  expect(await send(said)).toEqual({ status: 204 });
  expect(await send({ kind: 'succeeded', output: 3 })).toEqual({ status: 409, code: 'CALL_BACK_ANSWERED' });
  expect(JSON.parse((await kept()) ?? '')).toEqual(said);
});

test('what is no answer is refused by its field, and one that nothing waits for by its token', async () => {
  const { send, kept } = await waitingStep();
  expect(await send({ kind: 'failed', error: { code: 'no code', message: 'x' } })).toMatchObject({ status: 400 });
  expect(await send({ kind: 'succeeded', output: 'x'.repeat(300_000) })).toMatchObject({ status: 413 });
  expect(await kept()).toBeNull();
  for (const token of ['x', `${randomUUID()}.1.${'b'.repeat(43)}`]) {
    const response = await fetch(`${api.url}/call-backs/${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"kind":"succeeded"}',
    });
    expect(await response.json()).toMatchObject({ status: 404, code: 'CALL_BACK_UNKNOWN' });
  }
});
