import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freshDispatch } from '../test/fresh-dispatch.ts';
import { Journal } from './journal.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let journal: Journal;
beforeAll(async () => {
  dispatch = await freshDispatch();
  journal = new Journal(dispatch.redis, dispatch.keys);
});
beforeEach(() => dispatch.redis.flushdb());
afterAll(() => dispatch.close());

const NO_WAIT = 1;

async function report(...facts: string[]): Promise<string[]> {
  return Promise.all(
    facts.map(async (fact) => (await dispatch.redis.xadd(dispatch.keys.journal, '*', 'facts', fact)) ?? ''),
  );
}

const facts = (entries: { facts: string }[]) => entries.map((entry) => entry.facts);

test('what was reported before anybody read is read from the beginning, oldest first, in pages', async () => {
  await report('a', 'b', 'c');
  expect(facts(await journal.readNew(2, NO_WAIT))).toEqual(['a', 'b']);
  expect(facts(await journal.readNew(2, NO_WAIT))).toEqual(['c']);
  expect(await journal.readNew(2, NO_WAIT)).toEqual([]);
});

test('what was read and not acknowledged is read again, by the next leader too', async () => {
  const ids = await report('a', 'b', 'c');
  await journal.readNew(3, NO_WAIT);
  await journal.acknowledge(ids.slice(0, 1));
  const next = new Journal(dispatch.redis, dispatch.keys);
  expect(facts(await next.readUnacknowledged(1))).toEqual(['b']);
  expect(facts(await next.readUnacknowledged(9))).toEqual(['b', 'c']);
  expect(await next.readNew(9, NO_WAIT)).toEqual([]);
});

test('what is acknowledged is gone; acknowledging it again, or nothing, does no harm', async () => {
  const ids = await report('a', 'b');
  await journal.readNew(9, NO_WAIT);
  expect(await journal.length()).toBe(2);
  await journal.acknowledge(ids);
  await journal.acknowledge(ids);
  await journal.acknowledge([]);
  expect(await journal.length()).toBe(0);
  expect(await journal.readUnacknowledged(9)).toEqual([]);
});

test('after a wipe of Redis nothing that is reported then is missed', async () => {
  await report('a');
  await journal.readNew(9, NO_WAIT);
  await dispatch.redis.flushdb();
  expect(await journal.readUnacknowledged(9)).toEqual([]);
  await report('b');
  expect(facts(await journal.readNew(9, NO_WAIT))).toEqual(['b']);
  await dispatch.redis.flushdb();
  await report('c');
  expect(facts(await journal.readNew(9, NO_WAIT))).toEqual(['c']);
});

test('a reader that waits wakes up for the first entry', async () => {
  const connection = dispatch.connect();
  const reading = new Journal(connection, dispatch.keys).readNew(9, 0);
  await report('a');
  expect(facts(await reading)).toEqual(['a']);
  connection.disconnect();
});

test('the journal holds an entry, read or not, until it is acknowledged', async () => {
  expect(await journal.lastId()).toBe('0-0');
  expect(await journal.holdsUpTo('0-0')).toBe(false);
  const [first, second] = (await report('a', 'b')) as [string, string];
  expect(await journal.lastId()).toBe(second);
  await journal.readNew(9, NO_WAIT);
  expect(await journal.holdsUpTo(second)).toBe(true);
  await journal.acknowledge([second]);
  expect(await journal.holdsUpTo(second)).toBe(true); // the first one is before it
  await journal.acknowledge([first]);
  await report('c');
  expect(await journal.holdsUpTo(second)).toBe(false);
});

test('of the facts set aside the newest 1,000 are kept, newest first', async () => {
  const park = (id: string) => journal.park({ entry: id, fact: '{', reason: 'not JSON' });
  for (let count = 0; count < 1_001; count += 1) await park(`${count}-0`);
  const parked = await dispatch.redis.lrange(dispatch.keys.parked, 0, -1);
  expect(parked).toHaveLength(1_000);
  expect(JSON.parse(parked[0] ?? '')).toEqual({
    ...{ entry: '1000-0', fact: '{', reason: 'not JSON', at: expect.any(Number) },
  });
});

test('thousands of entries are acknowledged at once', async () => {
  const pipeline = dispatch.redis.pipeline();
  for (let count = 0; count < 2_500; count += 1) pipeline.xadd(dispatch.keys.journal, '*', 'facts', String(count));
  await pipeline.exec();
  const entries = await journal.readNew(2_499, NO_WAIT);
  await journal.acknowledge(entries.map(({ id }) => id));
  expect(await journal.length()).toBe(1);
  expect(await journal.readUnacknowledged(10)).toEqual([]);
  expect(facts(await journal.readNew(10, NO_WAIT))).toEqual(['2499']);
});
