import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readEvent } from './events/read-event.ts';
import { IngestBatcher } from './ingest-batcher.ts';

function events(...ids: string[]): IncomingEvent[] {
  return ids.map((id) =>
    readEvent({ eventType: 'ORDER_PLACED', id }, { organizationId: 'organization', id: null, traceparent: null }),
  );
}

/** Until what was committed is answered, and the next transaction has started. */
async function answered(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

/** A batcher whose transactions end when the test says so; ids that begin with "bad" fail theirs, and with "away" Postgres is gone. */
function batcher(limits: { maxUnderWay?: number; maxBatch?: number; maxPending?: number }) {
  const transactions: { ids: string[]; commit: () => void }[] = [];
  let followed: Promise<void> = Promise.resolve();
  const sizes: number[] = [];
  const subject = new IngestBatcher({
    ...limits,
    ingest: async (batch) => {
      const ids = batch.map(({ externalId }) => externalId ?? '');
      await new Promise<void>((resolve) => transactions.push({ ids, commit: resolve }));
      if (ids.includes('away')) throw new Error('Connection terminated unexpectedly');
      if (ids.some((id) => id.startsWith('bad'))) throw new Error('refused');
      return {
        result: ids.map((eventId) => ({ ok: true, eventId, duplicate: false, executions: [] })),
        after: { enqueue: [], brake: [], forget: [], changes: [] },
      };
    },
    carryOut: () => followed,
    metrics: { observeIngestBatch: (size) => sizes.push(size) },
  });
  const submit = async (...ids: string[]) => {
    const settled = await subject.submit(events(...ids));
    return settled.map((event) => (event.status === 'rejected' ? 'failed' : event.value.ok && event.value.eventId));
  };
  const commitAll = async () => {
    for (const transaction of transactions) {
      transaction.commit();
      await answered();
    }
  };
  const holdBack = () => {
    const held = Promise.withResolvers<void>();
    followed = held.promise;
    return held.resolve;
  };
  return { submit, transactions, sizes, commitAll, holdBack, ids: () => transactions.map(({ ids }) => ids) };
}

test('what arrives while a transaction is under way shares the next one; requests stay whole', async () => {
  const { submit, transactions, commitAll, ids, sizes } = batcher({ maxUnderWay: 2, maxBatch: 3 });
  const answers = Promise.all([submit('1'), submit('2'), submit('3')]);
  expect(ids()).toEqual([['1']]);
  const more = Promise.all([submit('4', '5'), submit('6', '7', '8', '9')]);
  // A whole batch waits now, so a second transaction starts; a third one has to wait for either of them.
  expect(ids()).toEqual([['1'], ['2', '3']]);
  transactions[1]?.commit();
  await new Promise(setImmediate);
  expect(ids()).toEqual([['1'], ['2', '3'], ['4', '5']]);
  await commitAll();
  expect(await answers).toEqual([['1'], ['2'], ['3']]);
  expect(await more).toEqual([
    ['4', '5'],
    ['6', '7', '8', '9'],
  ]);
  expect(sizes).toEqual([2, 1, 2, 4]);
});

test('what arrives until a batch is answered shares the next one, unless what follows the commit takes long', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { submit, transactions, commitAll, holdBack, ids } = batcher({});
  const follow = holdBack();
  const answers = [submit('1'), submit('2')];
  transactions[0]?.commit();
  await new Promise(setImmediate);
  answers.push(submit('3'));
  expect(ids()).toEqual([['1']]);
  vi.advanceTimersByTime(200);
  answers.push(submit('4'));
  expect(ids()).toEqual([['1'], ['2', '3', '4']]);
  follow();
  await commitAll();
  expect(await Promise.all(answers)).toEqual([['1'], ['2'], ['3'], ['4']]);
});

test('an event that fails its transaction fails alone', async () => {
  const { submit, commitAll } = batcher({ maxUnderWay: 1 });
  const answers = Promise.all([submit('1'), submit('2', 'bad', '3'), submit('4')]);
  await commitAll();
  expect(await answers).toEqual([['1'], ['2', 'failed', '3'], ['4']]);
});

test('beyond its bound it refuses, and takes events again once others are answered', async () => {
  const { submit, commitAll } = batcher({ maxUnderWay: 1, maxPending: 2 });
  const answers = Promise.all([submit('1'), submit('2')]);
  await expect(submit('3')).rejects.toMatchObject({ code: 'EVENT_QUEUE_FULL', headers: { 'retry-after': '1' } });
  await commitAll();
  await answers;
  const late = submit('3');
  await commitAll();
  expect(await late).toEqual(['3']);
});

test('whoever has waited for a record that is away is told with those that were tried', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { submit, transactions } = batcher({ maxUnderWay: 1, maxBatch: 1 });
  const answers = [submit('away'), submit('2'), submit('3')];
  vi.advanceTimersByTime(2_500);
  const late = submit('4');
  transactions[0]?.commit();
  expect(await Promise.all(answers)).toEqual([['failed'], ['failed'], ['failed']]);
  await answered();
  transactions[1]?.commit();
  expect(await late).toEqual(['4']);
});
