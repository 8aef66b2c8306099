import { exception } from '@gantry/domain/exception-details';
import { type ExecutionStatus, executionStatusNames, mayBecome, statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitExecutions } from '../admission/admit-executions.ts';
import { expireExecutions } from '../deadlines/expire-executions.ts';
import { replanJobs } from '../reconcile/replan-jobs.ts';
import { reprocessFamily } from '../reprocess/reprocess-family.ts';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { cancelExecution } from './cancel-execution.ts';
import { failExecution } from './fail-execution.ts';

let record: RecordFixture;
let place: Place;
let assistantId: string;

beforeAll(async () => {
  record = await RecordFixture.open();
  place = await record.newPlace();
  assistantId = (await place.assistant()).id;
  await place.ingest([place.event({ documentFamilyId: 'f', assistantId: 'nobody' })]);
});
afterAll(() => record.close());

const HOURS_AGO = new Date(Date.now() - 7_200_000);
const now = () => new Date();
const fail = (id: string) =>
  record.inTransaction((tx) => failExecution(tx, id, exception('FACT_REFUSED', 'it cannot be recorded'), now()));
const expire = () =>
  record.inTransaction((tx) => expireExecutions(tx, { now: now(), queueWaitLimitMs: 3_600_000, batch: 100 }));

/** Has a finished execution settle what the execution is to it. */
async function replaced(id: string, by: 'success' | 'failure', previous: ExecutionStatus = 'FAILED') {
  await sql`update executions set previous_status = ${statusValue(previous)} where id = ${id} and status = 8`.execute(
    record.db,
  );
  const replacement = await place.execution('PENDING', { reprocess_of: id, replaces: id });
  await record.fold(factsOf(replacement)[by]());
}

type Outcomes = Partial<Record<ExecutionStatus, ExecutionStatus>>;
const TO_REPROCESS: Outcomes = {
  SUCCEEDED: 'PENDING_REPROCESSING',
  FAILED: 'PENDING_REPROCESSING',
  CANCELLED: 'PENDING_REPROCESSING',
  REPROCESSED: 'PENDING_REPROCESSING',
};

/** Everything that may change a status, and what it makes of each; what is not listed stays as it is. */
const OPERATIONS: readonly (readonly [string, (id: string) => Promise<unknown>, Outcomes])[] = [
  [
    'cancel',
    (id) => cancelExecution(record.db, { organizationId: place.organizationId, executionId: id, now: now() }),
    { PENDING: 'CANCELLING', RUNNING: 'CANCELLING', REQUESTED: 'CANCELLED' },
  ],
  ['the fact that it was planned', (id) => record.fold([factsOf(id).planned()]), { PENDING: 'RUNNING' }],
  [
    'the facts of a success',
    (id) => record.fold(factsOf(id).success()),
    { PENDING: 'SUCCEEDED', RUNNING: 'SUCCEEDED', CANCELLING: 'CANCELLED' },
  ],
  [
    'the facts of a failure',
    (id) => record.fold(factsOf(id).failure()),
    { PENDING: 'FAILED', RUNNING: 'FAILED', CANCELLING: 'CANCELLED' },
  ],
  [
    'the fact that it cannot be planned (again)',
    (id) => record.fold([factsOf(id, 2).unplannable()]),
    { PENDING: 'FAILED', RUNNING: 'FAILED' },
  ],
  ['the fact that it has stopped', (id) => record.fold([factsOf(id).stopped()]), { CANCELLING: 'CANCELLED' }],
  [
    'the fact that nothing of it is there',
    (id) => record.fold([factsOf(id).stopped({ epoch: 0 })]),
    { CANCELLING: 'CANCELLED' },
  ],
  ['giving it up', fail, { PENDING: 'FAILED', RUNNING: 'FAILED', CANCELLING: 'CANCELLED' }],
  ['its deadline', expire, { PENDING: 'FAILED', REQUESTED: 'FAILED' }],
  [
    'its deadline, once it has stopped',
    async (id) => {
      await expire();
      await record.fold([factsOf(id).stopped()]);
    },
    { PENDING: 'FAILED', REQUESTED: 'FAILED', RUNNING: 'FAILED', CANCELLING: 'CANCELLED' },
  ],
  [
    'admission',
    () => record.inTransaction((tx) => admitExecutions(tx, { limit: 1_000, batch: 100, now: now(), unserved: [] })),
    { REQUESTED: 'PENDING' },
  ],
  ['planning it anew', (id) => record.inTransaction((tx) => replanJobs(tx, [{ id, epoch: 1 }])), {}],
  [
    'reprocessing',
    () => {
      const { organizationId } = place;
      return reprocessFamily(record.db, { organizationId, familyId: 'f', assistantIds: [assistantId], now: now() });
    },
    TO_REPROCESS,
  ],
  ['the success of its replacement', (id) => replaced(id, 'success'), { PENDING_REPROCESSING: 'REPROCESSED' }],
  ...(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REPROCESSED'] as const).map(
    (previous) =>
      [
        `the failure of its replacement (it was ${previous})`,
        (id: string) => replaced(id, 'failure', previous),
        { PENDING_REPROCESSING: previous },
      ] as const,
  ),
];

describe.each(OPERATIONS)('%s', (_name, operate, outcomes) => {
  test.each(executionStatusNames)('%s', async (from) => {
    await sql`delete from executions`.execute(record.db);
    const id = await place.execution(from, {
      ...{ assistant_id: assistantId, document_family_id: 'f', created_at: HOURS_AGO },
    });
    await operate(id);
    expect(await record.status(id)).toBe(outcomes[from] ?? from);
  });
});

const pairs = OPERATIONS.flatMap(([, , outcomes]) => Object.entries(outcomes) as [ExecutionStatus, ExecutionStatus][]);

test('all of this is allowed by the table; a fold passes through what it implies', () => {
  const implied = (from: ExecutionStatus, to: ExecutionStatus) =>
    mayBecome(from, to) || (mayBecome(from, 'RUNNING') && mayBecome('RUNNING', to));
  expect(pairs.filter(([from, to]) => !implied(from, to))).toEqual([]);
});

test('and the table allows nothing else, but that an execution that waits turns out to be a duplicate', () => {
  const done = new Set(pairs.map(String));
  const never = executionStatusNames.flatMap((from) =>
    executionStatusNames.filter((to) => mayBecome(from, to) && !done.has(`${from},${to}`)).map((to) => [from, to]),
  );
  expect(never).toEqual([['REQUESTED', 'SKIPPED']]);
});
