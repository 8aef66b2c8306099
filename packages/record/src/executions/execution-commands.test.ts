import { statusFromValue } from '@gantry/domain/status';
import fc from 'fast-check';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admitExecutions } from '../admission/admit-executions.ts';
import { deleteAssistant } from '../assistants/delete-assistant.ts';
import { updateAssistant } from '../assistants/update-assistant.ts';
import { expireExecutions } from '../deadlines/expire-executions.ts';
import { reprocessFamily } from '../reprocess/reprocess-family.ts';
import { pruneExecutions } from '../retention/prune-executions.ts';
import { born, COMMANDS, type Command, LIMIT, type Model, obey } from '../test/execution-rules.ts';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { cancelExecution } from './cancel-execution.ts';
import { deleteExecution } from './delete-execution.ts';

let record: RecordFixture;
beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());

const FAMILY = 'family';
const NOW = Date.now();
const LATER = new Date(NOW + 86_400_000);

/** What the scheduler's duties do is done again when it lost a deadlock. */
async function untilNoDeadlock(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void (await work());
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === '40P01')) throw error;
    }
  }
}

/** The record, taking the same commands as the model. */
class Real {
  readonly #place: Place;
  readonly #assistantId: string;
  /** By the model's names. */
  readonly ids: string[] = [];

  private constructor(place: Place, assistantId: string) {
    this.#place = place;
    this.#assistantId = assistantId;
  }

  static async open(): Promise<Real> {
    await sql`truncate executions cascade`.execute(record.db);
    const place = await record.newPlace();
    // The family is there before the first event.
    await place.ingest([place.event({ documentFamilyId: FAMILY })]);
    const { id } = await place.assistant({ maxConcurrentExecutions: LIMIT, timeoutSeconds: 60 });
    return new Real(place, id);
  }

  /** @param before what the model says that there is */
  async obey({ does, to }: Command, before: Model): Promise<void> {
    const { organizationId } = this.#place;
    const assistant = { organizationId, id: this.#assistantId };
    const target = before.executions[to % Math.max(before.executions.length, 1)];
    const executionId = this.ids[target?.name ?? -1] ?? uuidv7();
    const epoch = target?.epoch ?? 0;
    const facts = factsOf(executionId, Math.max(epoch, 1), NOW);
    const now = new Date();
    switch (does) {
      case 'event': {
        const event = this.#place.event({ documentFamilyId: FAMILY, deduplicationKey: 'key', externalId: uuidv7() });
        return void (await this.#place.ingest([event]));
      }
      case 'admit': {
        const admission = { limit: 1_000, batch: 100, now, unserved: [] };
        return void (await record.inTransaction((tx) => admitExecutions(tx, admission)));
      }
      case 'plan':
        return this.#fold([factsOf(executionId, epoch + 1, NOW).planned()]);
      case 'retry':
        return this.#fold([facts.started(0, { stepAttempt: 2 })]);
      case 'succeed':
        return this.#fold(facts.success());
      case 'fail':
        return this.#fold(facts.failure());
      case 'stopped':
        return this.#fold([facts.stopped()]);
      case 'stale':
        return this.#fold(epoch > 1 ? factsOf(executionId, epoch - 1, NOW).success() : []);
      case 'cancel':
        return void (await cancelExecution(record.db, { organizationId, executionId, now }));
      case 'deadline': {
        const expiry = { now: LATER, queueWaitLimitMs: 1_000 * 86_400_000, batch: 100 };
        return untilNoDeadlock(() => record.inTransaction((tx) => expireExecutions(tx, expiry)));
      }
      case 'reprocess':
        return void (await reprocessFamily(record.db, {
          ...{ organizationId, familyId: FAMILY, assistantIds: [this.#assistantId], now },
        }));
      case 'delete':
        return void (await deleteExecution(record.db, { organizationId, id: executionId }));
      case 'deactivate':
      case 'activate':
        return void (await updateAssistant(record.db, assistant, { active: does === 'activate' }, now));
      case 'remove assistant':
        return void (await deleteAssistant(record.db, assistant));
      case 'prune': {
        const pruning = { before: LATER, batch: 100, afterId: '00000000-0000-0000-0000-000000000000' };
        return void (await record.inTransaction((tx) => pruneExecutions(tx, pruning)));
      }
    }
  }

  async #fold(facts: Parameters<RecordFixture['fold']>[0]): Promise<void> {
    await untilNoDeadlock(() => record.fold(facts));
  }

  /** What the model says as well, in the order of creation. */
  async state() {
    const rows = await record.db
      .selectFrom('executions')
      .select(['id', 'status', 'previous_status', 'replaces', 'stop_reason', 'dedup_key'])
      .where('organization_id', '=', this.#place.organizationId)
      .orderBy('id')
      .execute();
    for (const { id } of rows) if (!this.ids.includes(id)) this.ids.push(id);
    return rows.map(({ id, status, previous_status, replaces, stop_reason, dedup_key }) => ({
      name: this.ids.indexOf(id),
      status: statusFromValue(status),
      previous: previous_status === null ? null : statusFromValue(previous_status),
      replaces: replaces === null ? null : this.ids.indexOf(replaces),
      pastDeadline: stop_reason !== null,
      holdsKey: dedup_key !== null,
    }));
  }
}

/** What can be seen of the model in the record. */
function seen({ executions }: Model) {
  return executions.map(({ name, status, previous, replaces, pastDeadline, hasKey }) => ({
    ...{ name, status, previous, replaces, pastDeadline },
    holdsKey: hasKey && ['REQUESTED', 'PENDING', 'RUNNING'].includes(status),
  }));
}

const command: fc.Arbitrary<Command> = fc.record({ does: fc.constantFrom(...COMMANDS), to: fc.nat(7) });
/** Lives get further when most commands are of the usual kind. */
const usual: fc.Arbitrary<Command> = fc.record({
  does: fc.constantFrom(
    'event' as const,
    'admit' as const,
    'plan' as const,
    'succeed' as const,
    'cancel' as const,
    'stopped' as const,
    'reprocess' as const,
  ),
  to: fc.nat(7),
});

async function follow(commands: readonly Command[]): Promise<{ real: Real; model: Model }> {
  const real = await Real.open();
  let model = born();
  for (const [index, next] of commands.entries()) {
    await real.obey(next, model);
    model = obey(model, next);
    expect(await real.state(), `after ${index + 1} of ${JSON.stringify(commands)}`).toEqual(seen(model));
  }
  return { real, model };
}

test('whatever is done to executions in whatever order, the record does what the rules say', async () => {
  const commands = fc.array(fc.oneof(usual, usual, command), { maxLength: 25, size: 'max' });
  await fc.assert(
    fc.asyncProperty(commands, async (all) => void (await follow(all))),
    { numRuns: 40 },
  );
});

/** Those that lock what they change, and create nothing whose place in the order of creation could differ. */
const RACING = [
  'retry',
  'succeed',
  'fail',
  'stopped',
  'cancel',
  'deadline',
  'reprocess',
  'delete',
  'deactivate',
  'remove assistant',
] as const;

test('cancel, finish, retry and reprocess at the same moment end as if they had come one after the other', async () => {
  const racing = fc.record({ does: fc.constantFrom(...RACING), to: fc.nat(3) });
  const atOnce = fc
    .array(racing, { minLength: 2, maxLength: 3 })
    .filter((all) => all.filter(({ does }) => does === 'reprocess').length <= 1);
  await fc.assert(
    fc.asyncProperty(fc.array(usual, { minLength: 3, maxLength: 12 }), atOnce, async (before, race) => {
      const { real, model } = await follow(before);
      const named = race.map(({ does, to }) => ({
        does,
        name: model.executions[to % Math.max(model.executions.length, 1)]?.name,
      }));
      await Promise.all(race.map((next) => real.obey(next, model)));
      // The sweep of deadlines leaves out rows that are locked at the moment: its next round takes them.
      const withoutSweep = named.filter(({ does }) => does !== 'deadline');
      const ends = [...ordersOf(named), ...ordersOf(withoutSweep)].map((order) =>
        order.reduce((now, { does, name }) => {
          const to = now.executions.findIndex((one) => one.name === name);
          const gone = name !== undefined && to === -1;
          return gone && !['deadline', 'reprocess', 'deactivate', 'remove assistant'].includes(does)
            ? now
            : obey(now, { does, to: Math.max(to, 0) });
        }, model),
      );
      expect(ends.map(seen), JSON.stringify({ before, race })).toContainEqual(await real.state());
    }),
    { numRuns: 25 },
  );
});

function ordersOf<T>(all: readonly T[]): T[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((first, index) => ordersOf(all.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}
