/** `npm run screenshots`: makes the pictures of the README, of a system of its own. */
import { mkdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GantryClient } from '@gantry/client/gantry-client';
import { makeSampleInvoices } from '@gantry/launcher/sample-invoices';
import { serversEnvironment } from '@gantry/testkit/servers';
import { startSharedServers } from '@gantry/testkit/start-shared-servers';
import type { BrowserContextOptions } from 'playwright-core';
import { findChromium } from './chromium.ts';
import { type Pages, settled, startPages } from './pages.ts';

const FOLDER = resolve(import.meta.dirname, '../../../docs/screenshots');

const MAX_BYTES = 200_000;

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780 };

const UNFINISHED = "status in ('PENDING','RUNNING') and documentFamilyId is not null";

const executable = findChromium();
if (executable === undefined) throw new Error('Pictures need a browser.');
const servers = await startSharedServers();
Object.assign(process.env, serversEnvironment(servers));
const pages = await startPages(executable);
try {
  const failed = await fill(pages);
  await mkdir(FOLDER, { recursive: true });
  await picture('overview', '/', { viewport: DESK });
  await picture('execution-dark', `/executions/${failed}`, { viewport: DESK, colorScheme: 'dark' });
  await picture('executions-phone', '/executions', { viewport: PHONE });
} finally {
  await pages.close();
  await servers.stop();
}

/** Invoices, half of which fail for one option. @returns an execution that failed */
async function fill({ apiKey, apiUrl, projectId }: Pages): Promise<string> {
  const api = new GantryClient({ url: apiUrl, apiKey });
  const read = { ref: 'gantry/pdf-parser', name: 'Read the PDF' };
  const extract = { ref: 'gantry/invoice-extractor', name: 'Extract' };
  const approve = { ref: 'gantry/json-transform', name: 'Approve', options: { expression: 'amount.' } };
  for (const [name, slug, steps] of [
    ['Invoice archive', 'archive', [read, extract]],
    ['Invoice approval', 'approval', [read, extract, approve]],
  ] as const) {
    const { storeRef } = await api.stores.create({ name, slug, projectId });
    await api.assistants.create(projectId, {
      ...{ name, subscription: 'CONTENT_CREATED', connections: [{ sourceType: 'STORE', sourceRef: storeRef }] },
      options: { pipeline: { steps: [...steps] } },
    });
    for (const { name: file, bytes } of await makeSampleInvoices()) {
      await api.stores.upload(storeRef, new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }), {
        ...{ fileName: file, path: `inbox/${file}`, projectId },
      });
    }
  }
  for (;;) {
    const { empty } = await api.executions.list({ filter: UNFINISHED });
    const { content } = await api.executions.list({ filter: "status eq 'FAILED'", sort: 'createdOn,desc' });
    if (empty && content[0] !== undefined) return content[0].id;
    await new Promise((next) => setTimeout(next, 500));
  }
}

async function picture(name: string, address: string, options: BrowserContextOptions): Promise<void> {
  const context = await pages.open(options);
  await context.request.post('/session', { data: { key: pages.apiKey } });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('main h1').waitFor();
  await settled(page);
  // A document is drawn after its page is there.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('canvas')].every((canvas) => canvas.style.aspectRatio !== ''),
  );
  await page.evaluate(() => new Promise((drawn) => setTimeout(drawn, 1_000)));
  const path = resolve(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes.`);
  process.stdout.write(`${path}: ${size} bytes\n`);
  await context.close();
}
