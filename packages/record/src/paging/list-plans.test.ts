import { freshDatabase } from '@gantry/testkit/fresh-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../schema/migrate.ts';
import { documentedListings } from '../test/documented-listings.ts';
import { fillRecord } from '../test/large-record.ts';
import { isCount, ListedPlans, type Listing, lookedAt, type PlanNode } from '../test/listed-plans.ts';

const EXECUTIONS = 20_000;
/** Rows of a table or an index that one step of a plan may look at for a page of 20. */
const FEW = EXECUTIONS / 20;
const LARGE = ['executions', 'document_families', 'execution_steps'];

let plans: ListedPlans;
let drop: () => Promise<void>;

beforeAll(async () => {
  const { url, drop: dropDatabase } = await freshDatabase();
  drop = dropDatabase;
  plans = new ListedPlans(url);
  await migrate(plans.db);
  await fillRecord(plans.db, EXECUTIONS);
});
afterAll(async () => {
  await plans.close();
  await drop();
});

/** What a page is read by, without the count of all rows, is an index; it looks at few rows. */
async function expectServed(listing: Listing): Promise<void> {
  for (const plan of await plans.explain(listing)) {
    const { sql, nodes } = plan;
    if (isCount(plan)) continue;
    const whole = nodes.filter((node) => readsATable(node) || lookedAt(node) > FEW);
    expect(whole, sql).toEqual([]);
  }
}

function readsATable(node: PlanNode): boolean {
  return node['Node Type'] === 'Seq Scan' && LARGE.includes(node['Relation Name'] ?? '');
}

describe('a documented list is read from an index, and so is the page behind its cursor', () => {
  test.each(documentedListings(EXECUTIONS))('%j', async (listing) => {
    await expectServed(listing);
    const { nextCursor } = await plans.read(listing);
    if (nextCursor !== null) await expectServed({ ...listing, cursor: nextCursor });
  });
});

test('all rows of a filter by status, assistant or hour are counted without a look at them', async () => {
  const at = "createdOn ge '2025-01-01T02:00:00.000Z' and createdOn lt '2025-01-01T04:00:00.000Z'";
  for (const filter of [undefined, "not (status eq 'SUCCEEDED')", `status eq 'SUCCEEDED' and ${at}`]) {
    const listing: Listing = { list: 'executions', ...(filter && { filter }) };
    const counts = (await plans.explain(listing)).filter(isCount);
    expect(counts.flatMap(({ nodes }) => nodes).map((node) => node['Relation Name'])).not.toContain('executions');
    // One that no number is kept of, and that all pass, has them looked at.
    const looked = `priority ge 0${filter ? ` and ${filter}` : ''}`;
    expect((await plans.read(listing)).total).toBe((await plans.read({ ...listing, filter: looked })).total);
  }
});

test.each([
  "context.eventType eq 'CONTENT_CREATED'",
  "context.eventType ne 'CONTENT_CREATED'",
  "context.storeId in ('s1', 's2')",
  "pipeline.ref eq 'gantry/noop'",
])('all rows of a value that many share are counted without a look at them: %s', async (filter) => {
  const listing: Listing = { list: 'executions', filter };
  const counts = (await plans.explain(listing)).filter(isCount);
  expect(counts.flatMap(({ nodes }) => nodes).map((node) => node['Relation Name'])).not.toContain('executions');
  const looked = `priority ge 0 and ${filter}`;
  expect((await plans.read(listing)).total).toBe((await plans.read({ ...listing, filter: looked })).total);
});

test('executions with a step that failed are counted in the index that holds no others', async () => {
  const listing: Listing = { list: 'executions', filter: "steps.status eq 'FAILED'" };
  const counts = (await plans.explain(listing)).filter(isCount);
  const nodes = counts.flatMap((plan) => plan.nodes);
  expect(nodes.map((node) => node['Index Name'] ?? node['Node Type'])).toEqual([
    'Aggregate',
    'executions_with_failed_step',
  ]);
  // No step of theirs was skipped: these are looked for in the steps.
  const looked = "status ne 'SKIPPED' and steps.status in ('FAILED', 'SKIPPED')";
  expect((await plans.read(listing)).total).toBe((await plans.read({ ...listing, filter: looked })).total);
});

test('a step that was cut off is looked for in executions that did not succeed, which are few', async () => {
  const filter = "steps.status in ('RUNNING', 'CANCELLED')";
  for (const { nodes } of (await plans.explain({ list: 'executions', filter })).filter(isCount)) {
    const executions = nodes.filter((node) => node['Index Name']?.startsWith('executions'));
    expect(executions.map((node) => lookedAt(node) <= EXECUTIONS / 10)).toEqual([true]);
  }
});

test('how many executions of a project have a status is read from an index alone', async () => {
  const filter = "projectId eq '01980000-0000-7000-9000-000000000011' and status eq 'FAILED'";
  const counts = (await plans.explain({ list: 'executions', filter })).filter(isCount);
  const nodes = counts.flatMap((plan) => plan.nodes);
  expect(nodes.map((node) => node['Node Type'])).toEqual(['Aggregate', 'Index Only Scan']);
});

test('a list that is not documented so is caught reading all of it', async () => {
  await expect(expectServed({ list: 'executions', sort: 'changeSequence,desc' })).rejects.toThrow();
  await expect(expectServed({ list: 'executions', filter: "context.invoice.number like '*4711'" })).rejects.toThrow();
});
