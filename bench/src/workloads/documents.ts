import { setTimeout as delay } from 'node:timers/promises';
import type { GantryClient } from '@gantry/client/gantry-client';
import { makeSampleInvoices } from '@gantry/launcher/sample-invoices';
import { median } from '../numbers.ts';
import { startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

const AT_ONCE = 3;
const WARM_TURNS = 5;
/** A system that was just started is given so long until the first documents come. */
const AT_REST_MS = 10_000;
const POLL_MS = 100;
const STORE = { name: 'Invoices', orgSlug: 'bench', slug: 'invoices', version: '1.0.0' };

/** Three invoices at once, the first that a worker reads and later ones. */
export const documents: Workload = {
  title: 'Three PDFs at once, read by processes that have read none and by those that have (l)',
  async run({ rounds }) {
    const first: number[] = [];
    const later: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await using servers = await startServers();
      await using gantry = await startGantry(servers);
      const readThree = await reader(gantry.client);
      await delay(AT_REST_MS);
      first.push(Math.max(...(await readThree())));
      for (let turn = 0; turn < WARM_TURNS; turn += 1) later.push(Math.max(...(await readThree())));
    }
    const rows = {
      'the first three, the slowest of them': { 'median ms': median(first), 'most ms': Math.max(...first) },
      'three later ones, the slowest of them': { 'median ms': median(later), 'most ms': Math.max(...later) },
      'first : later': { 'median ms': Number((median(first) / median(later)).toFixed(2)) },
    };
    return { rows, notes: ['From the start of the step that parses the PDF to its end, as the record has them.'] };
  },
};

/** @returns what uploads three invoices as new documents, and answers with the ms that parsing each took */
async function reader(client: GantryClient): Promise<() => Promise<number[]>> {
  // The same ones each time: one of the samples has two pages, and takes twice as long as any other one.
  const invoices = (await makeSampleInvoices()).slice(0, AT_ONCE);
  const { id: projectId } = await client.projects.create({ name: 'documents' });
  const { id: storeId } = await client.stores.create({ ...STORE, projectId });
  const { id: assistantId } = await client.assistants.create(projectId, {
    name: 'reader',
    subscription: 'CONTENT_CREATED',
    options: { pipeline: { steps: [{ ref: 'module://gantry/pdf-parser' }] } },
  });
  let uploaded = 0;
  return async () => {
    await Promise.all(
      invoices.map(({ bytes }) => {
        uploaded += 1;
        const file = new Blob([new Uint8Array(bytes)], { type: 'application/pdf' });
        return client.stores.upload(storeId, file, { path: `${uploaded}.pdf` });
      }),
    );
    return newestParsed(client, assistantId, uploaded);
  };
}

/** What parsing took for the three newest, once `all` executions have ended. */
async function newestParsed(client: GantryClient, assistantId: string, all: number): Promise<number[]> {
  for (;;) {
    const filter = `assistantId eq '${assistantId}' and status eq 'SUCCEEDED'`;
    const took: number[] = [];
    for await (const { pipeline } of client.executions.iterate({ filter, sort: 'createdOn,desc' })) {
      const [parsing] = pipeline.steps;
      took.push(Date.parse(parsing?.end ?? '') - Date.parse(parsing?.start ?? ''));
    }
    if (took.length >= all) return took.slice(0, AT_ONCE);
    await delay(POLL_MS);
  }
}
