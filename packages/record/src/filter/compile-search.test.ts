import type { Json } from '@gantry/domain/json';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../connection/database.ts';
import { compileSearch } from './compile-search.ts';
import { executionFields } from './execution-fields.ts';
import { databaseOf, randomExecutions, TEXTS, UUIDS } from './test/random-executions.ts';

const seed = Date.now() % 2 ** 31;
const executions = randomExecutions(200, seed).map(({ row, steps }, index) => ({
  row: index % 3 === 0 ? { ...row, document_family_id: UUIDS[index % 4] ?? null } : row,
  steps,
}));
const { id, assistantId, description, documentFamilyId } = executionFields;
let db: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, close } = await databaseOf(executions));
});
afterAll(() => close());

const [ID = ''] = UUIDS;
const SEARCHES = [
  ...[ID, ID.toUpperCase(), ID.slice(0, 8), ID.slice(-5).toUpperCase(), ID.slice(4, 12), `${ID}0`, ` ${ID}`],
  ...['-', '0198', 'AB', 'inv-001', 'INV', 'ffff', '8-', 'org/slug', '**', '*so*', 'ÜNÏ', 'no such thing'],
  ...TEXTS,
];

test.each(SEARCHES)(`a search finds what contains %j, in either case (seed ${seed})`, async (text) => {
  const wanted = text.replaceAll('*', '').toLowerCase();
  const contains = (value: Json | undefined) => typeof value === 'string' && value.toLowerCase().includes(wanted);
  const expected = executions.filter(({ row }) =>
    ['id', 'assistant_id', 'description', 'document_family_id'].some((name) => contains(row[name as keyof typeof row])),
  );
  const found = await db
    .selectFrom('executions')
    .select('id')
    .where(compileSearch(text, [id, assistantId, description, documentFamilyId]))
    .execute();
  expect(found.map((row) => row.id).sort()).toEqual(expected.map(({ row }) => row.id).sort());
});
