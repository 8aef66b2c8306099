import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ingestEvents } from '../events/ingest-events.ts';
import { foldFacts } from '../fold/fold-facts.ts';
import { loadExecutions } from '../fold/load-executions.ts';
import { acquireLeadership, asLeaderAsking } from '../leader/leadership.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import type { Database, Tx } from './database.ts';
import { allOver } from './together.ts';
import { transaction } from './transaction.ts';

/*
 * Where little else is to do, waits for Postgres are what accepting an event and recording an execution take their time for.
 */

let record: RecordFixture;
let place: Place;
let db: Database;
let takeWaits: () => number;

beforeAll(async () => {
  record = await RecordFixture.open();
  place = await record.newPlace();
  await place.assistant();
  ({ db, takeWaits } = await record.countedConnection());
});
afterAll(() => record.close());

/** The first time opens the connection and prepares what is asked; now and then plans are made anew, which is a wait more. */
async function waitsOf(work: () => Promise<unknown>): Promise<number> {
  await work();
  const counts: number[] = [];
  for (let time = 0; time < 2; time += 1) {
    takeWaits();
    await work();
    counts.push(takeWaits());
  }
  return Math.min(...counts);
}

const options = { now: new Date(), priorityDefaults: {} };

async function newExecution(): Promise<string> {
  const [result] = (await ingestEvents(db, [place.event({ contentObjectId: 'original' })], options)).result;
  return accepted(result).executions[0]?.id ?? '';
}

test('what is asked side by side in a transaction is waited for once', async () => {
  const beside = async (tx: Tx, number: number) => {
    await Promise.resolve();
    return (await sql<{ number: number }>`select ${number}::int as number`.execute(tx)).rows[0]?.number;
  };
  const waits = await waitsOf(async () => {
    const { result } = await transaction(db, (tx) => allOver([beside(tx, 1), beside(tx, 2), beside(tx, 3)]));
    expect(result).toEqual([1, 2, 3]);
  });
  // Once for all of them, and once for the commit.
  expect(waits).toBe(2);
});

test('a new document is accepted, with its executions, in three waits', async () => {
  expect(await waitsOf(newExecution)).toBe(3);
});

test('a life is folded by a leader in three', async () => {
  const ids = [await newExecution(), await newExecution(), await newExecution()];
  const waits = await waitsOf(async () => {
    const facts = factsOf(ids.pop() ?? '').success();
    const leadership = await acquireLeadership(record.db, 'a scheduler');
    if (leadership === undefined) throw new Error('nobody else leads');
    const folding = asLeaderAsking(
      db,
      leadership,
      (tx) => loadExecutions(tx, facts),
      (tx, now, loaded) => foldFacts(tx, facts, { ...options, now }, loaded),
    );
    expect((await folding).result.ended).toMatchObject([{ status: 'SUCCEEDED' }]);
  });
  expect(waits).toBe(3);
});
