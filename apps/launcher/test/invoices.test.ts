import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { documentFamilySchema } from '@gantry/contracts/http/document-family';
import { moduleSchema } from '@gantry/contracts/http/module';
import { pageSchema } from '@gantry/contracts/http/page';
import { storeSchema } from '@gantry/contracts/http/store';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invoiceFacts, uploadInvoice } from '../src/invoice-reading.ts';
import { makeSampleInvoices } from '../src/sample-invoices.ts';
import { ensureSampleProject } from '../src/sample-project.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';

/** Invoices of real companies with what is in them, where there are any beside the project. */
const REAL_INVOICES = resolve(import.meta.dirname, '../../../../shared/data/invoices');

const EXAMPLE_MODULES = resolve(import.meta.dirname, '../../../examples/modules');

let redis: FreshRedis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await freshRedis();
  gantry = await startTestSystem({
    redisUrl: redis.url,
    redisPrefix: redis.prefix,
    workers: 1,
    env: { MODULES_DIR: EXAMPLE_MODULES },
  });
  await ensureSampleProject(gantry.api);
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
});

async function read(name: string, bytes: Uint8Array) {
  const execution = await gantry.reaches(await uploadInvoice(gantry.api, name, bytes), 'SUCCEEDED');
  return invoiceFacts(execution);
}

test('an uploaded invoice is read, and its document labelled as processed', async () => {
  const invoices = await makeSampleInvoices();
  const facts = await Promise.all(invoices.map(({ name, bytes }) => read(name, bytes)));
  expect(facts).toEqual(invoices.map(({ expected }) => expected));

  const families = await gantry.api.get('/api/document-families', pageSchema(documentFamilySchema));
  expect(families.content.map(({ labels }) => labels)).toEqual(invoices.map(() => ['processed']));
});

test("a module of one's own, from a folder, runs after the built-in ones", async () => {
  await gantry.api.post('/api/modules', { ref: 'module://examples/needs-approval' }, moduleSchema);
  const store = { name: 'Approval', orgSlug: 'local', slug: 'approval', projectId: gantry.project.id };
  await gantry.api.post('/api/stores', store, storeSchema);
  await gantry.assistant('approval', [
    { ref: 'gantry/pdf-parser' },
    { ref: 'gantry/invoice-extractor' },
    { ref: 'module://examples/needs-approval', options: { limit: 3_000 } },
  ]);
  const [invoice] = await makeSampleInvoices();
  const id = await uploadInvoice(gantry.api, 'a.pdf', invoice?.bytes ?? new Uint8Array(), 'local/approval:1.0.0');
  const { invoiceNumber, amount } = invoice?.expected ?? {};
  const done = await gantry.reaches(id, 'SUCCEEDED');
  expect(done.pipeline.steps.at(-1)?.output).toEqual({ invoiceNumber, amount, needsApproval: true });
});

test.skipIf(!existsSync(REAL_INVOICES))('invoices of real companies are read too', async () => {
  const names = (await readdir(REAL_INVOICES)).filter((name) => name.endsWith('.pdf'));
  expect(names).not.toEqual([]);
  for (const name of names) {
    const facts = await read(name, await readFile(join(REAL_INVOICES, name)));
    const [known] = JSON.parse(await readFile(join(REAL_INVOICES, name.replace('.pdf', '.json')), 'utf8'));
    const { invoice_number: invoiceNumber, date, amount = facts?.amount } = known; // one of them states no amount
    expect(facts).toMatchObject({ invoiceNumber, date, amount });
  }
});
