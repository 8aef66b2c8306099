import { randomUUID } from 'node:crypto';
import { executionStatusNames, FINISHED_STATUSES } from '@gantry/domain/status';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deleteExecution } from '../executions/delete-execution.ts';
import { reprocessFamily } from '../reprocess/reprocess-family.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import { findEnded } from './find-ended.ts';
import { pruneBulkOperations } from './prune-bulk-operations.ts';
import { pruneEvents } from './prune-events.ts';
import { pruneExecutions } from './prune-executions.ts';
import { sweepDiscarded } from './sweep-discarded.ts';

let record: RecordFixture;
let place: Place;
beforeAll(async () => {
  record = await RecordFixture.open();
});
beforeEach(async () => {
  for (const table of ['executions', 'events', 'discarded_contents'] as const)
    await record.db.deleteFrom(table).execute();
  place = await record.newPlace();
});
afterAll(() => record.close());

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);
const FIRST = '00000000-0000-0000-0000-000000000000';

const prune = async (afterId = FIRST, batch = 100) => {
  const pruning = { before: daysAgo(30), batch, afterId };
  return (await record.inTransaction((tx) => pruneExecutions(tx, pruning))).reached;
};
const standing = async () => {
  const rows = await record.db.selectFrom('executions').select('id').orderBy('id').execute();
  return rows.map(({ id }) => id);
};

/** A finished execution whose step kept its output in the content store. */
async function withContent(createdAt: Date, ref: string): Promise<string> {
  const id = await place.execution('RUNNING', { created_at: createdAt });
  const facts = factsOf(id, 2, createdAt.getTime());
  await record.fold([facts.planned(), facts.started(), facts.finished(0, { outputRef: ref, outputId: uuidv7() })]);
  return id;
}

describe('executions', () => {
  test('that finished long ago go with their steps; what finished since or is not finished stays', async () => {
    const old = daysAgo(31);
    const gone = await withContent(old, 'content://o/1');
    const late = await place.execution('SUCCEEDED', { created_at: old, finished_at: daysAgo(29) });
    const young = await place.execution('FAILED', { created_at: daysAgo(29) });
    const unfinished = await place.execution('RUNNING', { created_at: old });
    const pending = await place.execution('REQUESTED', { created_at: old });
    expect(await prune()).toBeUndefined();
    expect(await standing()).toEqual([late, unfinished, pending, young].sort());
    expect(await record.steps(gone)).toEqual([]);
  });

  test.each(executionStatusNames)(
    '%s ones are old enough to go when they are finished and not being replaced',
    async (status) => {
      await place.execution(status, { created_at: daysAgo(40) });
      await prune();
      const goes = (FINISHED_STATUSES as readonly string[]).includes(status) && status !== 'PENDING_REPROCESSING';
      expect(await standing()).toHaveLength(goes ? 0 : 1);
    },
  );

  test('one that is being replaced stays until its replacement has finished, which is not lost with it', async () => {
    const { id: assistantId } = await place.assistant();
    const event = place.event({ documentFamilyId: 'family' });
    const [made] = await place.ingest([event]);
    const [{ id: first } = { id: '' }] = accepted(made).executions;
    await record.fold(factsOf(first).success());
    const wanted = {
      organizationId: place.organizationId,
      familyId: 'family',
      assistantIds: [assistantId],
      now: new Date(),
    };
    const { result: again } = await reprocessFamily(record.db, wanted);
    const replacement = again.outcome === 'created' ? (again.executionIds[0] ?? '') : '';

    const future = { before: new Date(Date.now() + DAY), batch: 100, afterId: FIRST };
    await record.inTransaction((tx) => pruneExecutions(tx, future));
    expect(await standing()).toEqual([first, replacement]);
    await record.fold(factsOf(replacement).success());
    expect(await record.status(first)).toBe('REPROCESSED');
    await record.inTransaction((tx) => pruneExecutions(tx, future));
    expect(await standing()).toEqual([]);
  });

  test('go in batches, past those that stay, from the oldest on', async () => {
    const ids: string[] = [];
    for (let days = 50; days > 40; days -= 1) {
      ids.push(await place.execution(days % 3 === 0 ? 'RUNNING' : 'SUCCEEDED', { created_at: daysAgo(days) }));
    }
    const reached = await prune(FIRST, 4);
    expect(reached).toBe(ids[3]);
    expect(await standing()).toHaveLength(7);
    expect(await prune(reached, 4)).toBe(ids[7]);
    expect(await prune(ids[7], 4)).toBeUndefined();
    expect(await standing()).toEqual([ids[2], ids[5], ids[8]]);
  });

  test('one that is reprocessed at the same moment is not pruned, and pruning does not wait for it', async () => {
    const id = await place.execution('SUCCEEDED', { created_at: daysAgo(40) });
    const other = await place.execution('SUCCEEDED', { created_at: daysAgo(39) });
    await record.inTransaction(async (tx) => {
      await tx.updateTable('executions').set({ status: 8, previous_status: 2 }).where('id', '=', id).execute();
      await prune();
      expect(await standing()).not.toContain(other);
    });
    await prune();
    expect(await standing()).toEqual([id]);
  });

  test('those that ended, or were never there, are told from unfinished ones', async () => {
    const ended = [await place.execution('CANCELLED'), await place.execution('PENDING_REPROCESSING'), randomUUID()];
    const unfinished = [await place.execution('REQUESTED'), await place.execution('CANCELLING')];
    expect(await findEnded(record.db, [...ended, ...unfinished])).toEqual(ended);
    expect(await findEnded(record.db, [])).toEqual([]);
  });
});

describe('contents of steps', () => {
  const refs = ['content://o/1', 'content://o/2', 'content://o/3'];
  const sweep = async (failing: readonly string[] = []) => {
    const asked: string[] = [];
    const { failed } = await sweepDiscarded(record.db, 10, async (ref) => {
      asked.push(ref);
      if (failing.includes(ref)) throw new Error(`cannot delete ${ref}`);
    });
    return { asked: asked.sort(), failed: failed.length };
  };

  test('are deleted after their executions, however these went', async () => {
    const [pruned, deleted, kept] = refs;
    await withContent(daysAgo(31), pruned ?? '');
    const id = await withContent(daysAgo(1), deleted ?? '');
    await withContent(daysAgo(1), kept ?? '');
    expect((await sweep()).asked).toEqual([]);
    await prune();
    await deleteExecution(record.db, { organizationId: place.organizationId, id });
    expect((await sweep()).asked).toEqual([pruned, deleted]);
    expect((await sweep()).asked).toEqual([]);
  });

  test('that could not be deleted are tried again', async () => {
    for (const ref of refs) await withContent(daysAgo(31), ref);
    await prune();
    expect(await sweep([refs[1] ?? ''])).toEqual({ asked: refs, failed: 1 });
    expect(await sweep()).toEqual({ asked: [refs[1]], failed: 0 });
    expect((await sweep()).asked).toEqual([]);
  });

  test('are asked for once when two sweep at the same time', async () => {
    for (const ref of refs) await withContent(daysAgo(31), ref);
    await prune();
    const [release, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = sweepDiscarded(record.db, 10, async () => {
      asked.resolve();
      await release.promise;
    });
    await asked.promise;
    expect((await sweep()).asked).toEqual([]);
    release.resolve();
    expect((await first).removed).toBe(3);
  });
});

test('an event is known when it is sent again, and is a new one after it was forgotten', async () => {
  await place.assistant();
  const event = place.event({ externalId: 'e1', eventType: 'SOMETHING' });
  const send = async () => accepted((await place.ingest([event]))[0]).duplicate;
  const forget = (before: Date) => record.inTransaction((tx) => pruneEvents(tx, { before, batch: 10 }));
  expect(await send()).toBe(false);
  await forget(daysAgo(1));
  expect(await send()).toBe(true);
  await forget(new Date(Date.now() + DAY));
  expect(await send()).toBe(false);
});

test('bulk operations go once they have been finished for long', async () => {
  const operation = (createdAt: Date, finishedAt: Date | null) => ({
    id: uuidv7({ msecs: createdAt.getTime() }),
    ...{ organization_id: place.organizationId, kind: 'CANCEL' as const, filter: [], total: 0 },
    ...{ created_at: createdAt, finished_at: finishedAt },
  });
  const old = daysAgo(40);
  const operations = [
    operation(old, old),
    operation(old, null),
    operation(old, daysAgo(1)),
    operation(daysAgo(1), daysAgo(1)),
  ];
  await record.db.insertInto('bulk_operations').values(operations).execute();
  await record.inTransaction((tx) => pruneBulkOperations(tx, { before: daysAgo(30), batch: 10 }));
  const rows = await record.db.selectFrom('bulk_operations').select('id').execute();
  expect(rows.map(({ id }) => id).sort()).toEqual(
    operations
      .slice(1)
      .map(({ id }) => id)
      .sort(),
  );
});
