import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GantryClient } from '../src/gantry-client.ts';
import { startTestGantry, type TestGantry } from './test-gantry.ts';

let gantry: TestGantry;
let client: GantryClient;

beforeAll(async () => {
  gantry = await startTestGantry();
  ({ client } = gantry);
  await gantry.assistant('Echo', [{ ref: 'module://gantry/echo', name: 'say' }, { ref: 'module://gantry/noop' }]);
});
afterAll(() => gantry?.stop());

const task = (fields: object = {}) => ({
  ...{ eventType: 'TASK_CREATED', taskId: crypto.randomUUID(), projectId: gantry.projectId },
  ...fields,
});

/** An execution that lasts until it is cancelled. */
async function sleeping(): Promise<string> {
  const pipeline = { steps: [{ ref: 'module://gantry/sleep', options: { ms: 60_000 } }] };
  const { id } = await client.executions.create({ projectId: gantry.projectId, pipeline });
  return id;
}

test('an event is sent, and its execution waited for', async () => {
  const { duplicate, executions } = await client.events.send(task({ data: { order: 7 } }));
  expect([duplicate, executions.length]).toEqual([false, 1]);
  const execution = await client.executions.waitFor(executions[0]?.id ?? '', { timeoutMs: 20_000 });
  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    context: { order: 7 },
    pipeline: { steps: [{ name: 'say' }, {}] },
  });
});

test('what is sent again under its key is not done again; of several each is answered', async () => {
  const idempotencyKey = crypto.randomUUID();
  const event = task();
  const first = await client.events.send(event, { idempotencyKey });
  expect(await client.events.send(event, { idempotencyKey })).toMatchObject({
    ...{ eventId: first.eventId, duplicate: true },
    executions: [{ id: first.executions[0]?.id }],
  });
  expect(await client.events.send([task(), task({ eventType: 'lower' })])).toMatchObject([
    { duplicate: false },
    { index: 1, code: 'BAD_REQUEST', errors: { eventType: expect.any(String) } },
  ]);
});

test('a webhook is told what it asked for; what was not delivered is in its log, and is sent again', async () => {
  const { id: assistantId } = await gantry.assistant('Told', [], { subscription: 'TOLD' });
  const { id } = await client.webhooks.create({
    ...{ url: 'http://127.0.0.1:9/', events: ['execution.finished'], filter: `assistantId eq '${assistantId}'` },
  });
  const { executions } = await client.events.send(task({ eventType: 'TOLD' }));
  const refused = await waitFor(async () => {
    const { content } = await client.webhooks.deliveries(id);
    return content.find(({ error }) => error !== null);
  });
  expect(refused).toMatchObject({
    status: 'PENDING',
    payload: { data: { id: executions[0]?.id, status: 'SUCCEEDED' } },
  });
  expect(refused.error).toMatch(/^OUTBOUND_ADDRESS_FORBIDDEN/);
  expect(await client.webhooks.resend(id, refused.id)).toMatchObject({ id: refused.id });
  await client.webhooks.delete(id);
});

test('lists are filtered, sorted, paged, and gone through to the end', async () => {
  const { id: assistantId } = await gantry.assistant('Listed', [], { subscription: 'LISTED' });
  const events = Array.from({ length: 25 }, (_, index) => task({ eventType: 'LISTED', priority: index }));
  await client.events.send(events);
  const own = { filter: [`assistantId eq '${assistantId}'`, 'priority ge 5'], sort: ['priority,desc'] };
  const page = await client.executions.list({ ...own, page: 2, pageSize: 8 });
  expect(page).toMatchObject({ totalElements: 20, totalPages: 3, number: 1 });
  expect(page.content.map(({ priority }) => priority)).toEqual([16, 15, 14, 13, 12, 11, 10, 9]);

  const all: number[] = [];
  for await (const { priority } of client.executions.iterate({ ...own, pageSize: 8 })) all.push(priority);
  expect(all).toEqual(Array.from({ length: 20 }, (_, index) => 24 - index));
});

test('an execution is watched until it has finished', async () => {
  const id = await sleeping();
  const seen: string[] = [];
  for await (const { executionId, status } of client.executions.watch(id)) {
    expect(executionId).toBe(id);
    seen.push(status);
    if (status === 'RUNNING' && seen.indexOf('RUNNING') === seen.length - 1) await client.executions.cancel(id);
  }
  expect([seen.includes('RUNNING'), seen.at(-1)]).toEqual([true, 'CANCELLED']);
  await expect(client.executions.cancel(id)).rejects.toMatchObject({ code: 'EXECUTION_FINISHED', status: 409 });
});

test('many executions are cancelled by a filter, which is tried first; what they said and ran can be read', async () => {
  const ids = await Promise.all([sleeping(), sleeping()]);
  const filter = `id in (${ids.map((id) => `'${id}'`).join()})`;
  expect(await client.bulkOperations.count('CANCEL', filter)).toBe(2);
  const { id } = await client.bulkOperations.start('CANCEL', filter);
  let last: object | undefined;
  for await (const progress of client.bulkOperations.watch(id)) last = progress;
  expect(last).toMatchObject({ kind: 'CANCEL', status: 'COMPLETED', total: 2, done: 2, failed: 0 });
  for (const each of ids) expect(await client.executions.waitFor(each)).toMatchObject({ status: 'CANCELLED' });
  expect(await client.bulkOperations.count('REPROCESS', filter)).toBe(2);
  await expect(client.bulkOperations.start('CANCEL', [])).rejects.toMatchObject({ code: 'BULK_FILTER_REQUIRED' });
  expect(await client.executions.statusMessages(ids[0] ?? '')).toEqual([]);
  expect(await client.executions.slices(ids[0] ?? '')).toBeInstanceOf(Array);
});

test('an api that streams no changes is asked again and again', async () => {
  const { apiUrl: url, apiKey } = gantry.system;
  const plain = new GantryClient({
    ...{ url, apiKey },
    fetch: (input, init) =>
      String(input).endsWith('/events') ? Promise.resolve(new Response('', { status: 404 })) : fetch(input, init),
  });
  const id = await sleeping();
  const waiting = plain.executions.waitFor(id);
  await client.executions.cancel(id);
  expect(await waiting).toMatchObject({ status: 'CANCELLED' });
  await expect(plain.executions.waitFor(crypto.randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('waiting ends in time, or with a signal', async () => {
  const id = await sleeping();
  await expect(client.executions.waitFor(id, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  const stop = new AbortController();
  const waiting = client.executions.waitFor(id, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await client.executions.cancel(id);
});

test('the log of an execution is read, and followed until its end', async () => {
  const pipeline = { steps: [{ ref: 'module://gantry/fail', options: { message: 'no such invoice' } }] };
  const { id } = await client.executions.create({ projectId: gantry.projectId, pipeline });
  const followed = [];
  for await (const entry of client.executions.logs(id, { follow: true })) followed.push(entry);
  expect(await client.executions.get(id)).toMatchObject({ status: 'FAILED' });
  const read = [];
  for await (const entry of client.executions.logs(id)) read.push(entry);
  expect(read).toEqual(followed);
  expect(read.map(({ entry }) => entry).join('\n')).toContain('no such invoice');
});

test('a file is uploaded, its family read and reprocessed', async () => {
  await client.stores.create({ name: 'Letters', slug: 'letters', projectId: gantry.projectId });
  const assistant = await gantry.assistant('Reader', [{ ref: 'gantry/echo' }], { subscription: 'CONTENT_CREATED' });
  const family = await client.stores.upload('local/letters:1.0.0', new Blob(['Dear all']), {
    ...{ fileName: 'letter.txt', labels: ['in', 'new'], metadata: { from: 'Kim' } },
  });
  expect(family).toMatchObject({ path: 'letter.txt', labels: ['in', 'new'], metadata: { from: 'Kim' } });
  expect(await client.documentFamilies.get(family.id)).toMatchObject({ id: family.id, contentObjects: [{ size: 8 }] });
  expect((await client.documentFamilies.list({ filter: "path eq 'letter.txt'" })).content).toMatchObject([
    { id: family.id },
  ]);

  const [first] = await client.assistants.executions(assistant.id);
  await client.executions.waitFor(first?.id ?? '');
  const again = await client.documentFamilies.reprocess(family.id, { assistantIds: [assistant.id] });
  expect(again).toMatchObject([{ assistantId: assistant.id, reprocessOf: first?.id }]);
  await client.executions.waitFor(again[0]?.id ?? '');
  await waitFor(async () => (await client.executions.get(first?.id ?? '')).status === 'REPROCESSED');
});

test('assistants and modules are applied: created, then updated', async () => {
  const { projectId } = gantry;
  const created = await client.assistants.apply(projectId, { name: 'Applied', slug: 'applied', active: false });
  const updated = await client.assistants.apply(projectId, { name: 'Renamed', slug: 'applied' });
  expect([created.outcome, updated.outcome]).toEqual(['created', 'updated']);
  expect(updated.item).toMatchObject({ id: created.item.id, name: 'Renamed', active: false });
  expect(await client.assistants.activate(created.item.id)).toMatchObject({ active: true });
  const told = await client.assistants.tell(created.item.id, { eventType: 'ASSISTANT', options: { depth: 2 } });
  expect(told).toMatchObject({ assistantId: created.item.id, context: { depth: 2 } });
  const ticked = await client.assistants.schedule(created.item.id);
  expect(ticked).toMatchObject({ assistantId: created.item.id, context: { eventType: 'SCHEDULED' } });
  expect(await client.assistants.deactivate(created.item.id)).toMatchObject({ active: false });
  await client.assistants.delete(created.item.id);
  await expect(client.assistants.get(created.item.id)).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });

  const module = await client.modules.apply({ slug: 'splitter', name: 'Splitter' });
  const changed = await client.modules.apply({ ref: 'module://local/splitter', description: 'cuts' });
  expect([module.outcome, changed.outcome]).toEqual(['created', 'updated']);
  expect(await client.modules.get('local/splitter')).toMatchObject({ name: 'Splitter', description: 'cuts' });
});

test('keys are made, used and revoked; errors say what is wrong', async () => {
  const { id, key } = await client.keys.create({ name: 'reader', scopes: ['executions:read'] });
  const reader = new GantryClient({ url: gantry.system.apiUrl, apiKey: key });
  expect((await reader.executions.list({ pageSize: 1 })).size).toBe(1);
  await expect(reader.keys.list()).rejects.toMatchObject({ code: 'FORBIDDEN', status: 403 });
  await client.keys.revoke(id);
  expect((await client.keys.list()).content.map((each) => each.id)).not.toContain(id);
  await waitFor(() =>
    reader.executions.list().then(
      () => false,
      ({ code }) => code === 'UNAUTHORIZED',
    ),
  );

  await expect(client.projects.create({ name: '' })).rejects.toMatchObject({
    ...{ code: 'BAD_REQUEST', status: 400, errors: { name: expect.any(String) } },
  });
});
