import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import { freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ChangePublisher } from './change-publisher.ts';
import { BEFORE_ALL, ChangeStream, compareChangeIds } from './change-stream.ts';
import { connectProducer, connectReader, type ReaderRedis } from './connect.ts';
import { keysOf } from './keys.ts';

let place: Awaited<ReturnType<typeof freshRedis>>;
let redis: ReaderRedis;
let keys: ReturnType<typeof keysOf>;
beforeAll(async () => {
  place = await freshRedis();
  redis = connectReader(place.url, () => {});
  keys = keysOf(place.prefix);
  // A reader keeps no commands for a connection that is not there yet.
  await waitFor(() => redis.status === 'ready');
});
beforeEach(() => place.cleanup());
afterAll(() => redis.disconnect());

function change(changeSequence: number): ExecutionChange {
  const none = { projectId: null, assistantId: null };
  const at = '2026-01-31T08:00:00.000Z';
  return { executionId: 'e', organizationId: 'o', ...none, kind: 'steps', status: 'RUNNING', changeSequence, at };
}

const changes = (count: number) => Array.from({ length: count }, (_, index) => change(index));

/** What the stream holds: numbers of changes, and where some may be missing. */
async function contents(stream: ChangeStream): Promise<(number | 'missing')[]> {
  const entries = await stream.readAfter(BEFORE_ALL, 10_000);
  return entries.map(({ change: text }) => (text === undefined ? 'missing' : JSON.parse(text).changeSequence));
}

test('changes are read in the order in which they were appended, from any of them on', async () => {
  const stream = new ChangeStream(redis, keys);
  await stream.append(changes(2_500), { missing: false });
  expect(await contents(stream)).toEqual(Array.from({ length: 2_500 }, (_, index) => index));
  const entries = await stream.readAfter(BEFORE_ALL, 100);
  expect(entries).toHaveLength(100);
  expect(entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).toSorted(compareChangeIds));
  const [next] = await stream.readAfter(entries[41]?.id ?? '', 1);
  expect(next).toEqual({ id: entries[42]?.id, change: JSON.stringify(change(42)) });
  expect(await stream.firstId()).toBe(entries[0]?.id);
});

test('a reader waits for the next one', async () => {
  const stream = new ChangeStream(redis, keys);
  expect(await stream.readAfter(BEFORE_ALL, 10)).toEqual([]);
  expect(await stream.firstId()).toBeUndefined();
  const writer = connectProducer(place.url, () => {});
  const next = stream.readAfter(BEFORE_ALL, 10, 30_000);
  await waitFor(() => writer.status === 'ready');
  await new ChangeStream(writer, keys).append([change(7)], { missing: true });
  expect((await next).length).toBeGreaterThan(0);
  expect(await contents(stream)).toEqual(['missing', 7]);
  writer.disconnect();
});

test('only the newest are kept', async () => {
  const stream = new ChangeStream(redis, keys, 1_000);
  await stream.append(changes(5_000), { missing: false });
  const kept = await contents(stream);
  expect(kept.length).toBeGreaterThanOrEqual(1_000);
  expect(kept.length).toBeLessThan(1_200);
  expect(kept.at(-1)).toBe(4_999);
});

test('ids are ordered by number, not as text', () => {
  expect(compareChangeIds('10-2', '9-10')).toBeGreaterThan(0);
  expect(compareChangeIds('10-2', '10-10')).toBeLessThan(0);
  expect(compareChangeIds('10-2', '10-2')).toBe(0);
});

test('what could not be published is made known with the next change, or by whoever takes over', async () => {
  const writer = connectProducer(place.url, () => {});
  const stream = new ChangeStream(writer, keys);
  const errors: unknown[] = [];
  const publisher = new ChangePublisher(stream, (error) => errors.push(error));
  await waitFor(() => writer.status === 'ready');
  publisher.publish([change(1)]);
  publisher.publish([change(2)]);
  await waitFor(async () => (await contents(stream)).length === 2);

  writer.disconnect();
  publisher.publish([change(3)]);
  await waitFor(() => errors.length === 1);
  await writer.connect();
  publisher.publish([change(4)]);
  publisher.publish([change(5)]);
  publisher.takeOver();
  await waitFor(async () => (await contents(stream)).length === 6);
  expect(await contents(stream)).toEqual([1, 2, 'missing', 4, 5, 'missing']);
  expect(errors).toHaveLength(1);
  writer.disconnect();
});
