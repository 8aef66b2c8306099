import { assistantSchema } from '@gantry/contracts/http/assistant';
import { bulkOperationSchema } from '@gantry/contracts/http/bulk-operation';
import { type Execution, executionSchema } from '@gantry/contracts/http/execution';
import { pageSchema } from '@gantry/contracts/http/page';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem, type TestSystem } from './test-system.ts';

let redis: FreshRedis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await freshRedis();
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1, schedulers: 2 });
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
});

async function list(filter: string): Promise<Execution[]> {
  const query = new URLSearchParams({ filter, sort: 'createdOn,asc', pageSize: '1000' });
  return (await gantry.api.get(`/api/executions?${query}`, pageSchema(executionSchema))).content;
}

const slotOf = ({ context }: Execution) => Date.parse(String(context['scheduleSlot']));

test('every second ticks once, while the scheduler that leads is killed and another one takes over', async () => {
  const { id } = await gantry.assistant('ticking', [{ ref: 'gantry/noop' }], {
    schedules: [{ cronExpression: '* * * * * *', catchUp: 'all' }],
  });
  const ticks = () => list(`assistantId eq '${id}'`);
  await waitFor(async () => (await ticks()).length >= 2);
  const killed = await gantry.leader();
  killed.kill('SIGKILL');
  await killed.exited;
  const killedAt = Date.now();
  await waitFor(async () => (await ticks()).some((tick) => slotOf(tick) > killedAt + 2_000));

  await gantry.api.put(`/api/assistants/${id}/deactivate`, assistantSchema);
  const slots = (await ticks()).map(slotOf).sort();
  const [first = 0] = slots;
  expect(slots).toEqual(slots.map((_, index) => first + index * 1_000));
  await waitFor(async () => (await ticks()).every(({ status }) => status === 'SUCCEEDED'));
  expect(await ticks()).toHaveLength(slots.length);
});

test('more executions than fit into one batch are reprocessed in the background', async () => {
  const { id } = await gantry.assistant('many', [{ ref: 'gantry/noop' }]);
  await gantry.contentsCreated(
    'many',
    Array.from({ length: 150 }, () => ({})),
  );
  const succeeded = `assistantId eq '${id}' and status eq SUCCEEDED`;
  await waitFor(async () => (await list(succeeded)).length === 150);

  const request = { filter: succeeded };
  const operation = await gantry.api.post('/api/executions/reprocess', request, bulkOperationSchema);
  expect(operation).toMatchObject({ total: 150 });
  await waitFor(async () => {
    const { status } = await gantry.api.get(`/api/bulk-operations/${operation.id}`, bulkOperationSchema);
    return status === 'COMPLETED';
  });
  const replaced = `assistantId eq '${id}' and status eq REPROCESSED`;
  await waitFor(async () => (await list(replaced)).length === 150);
  expect(await list(succeeded)).toHaveLength(150);
});
