import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Puts a document to try an upload with into the data folder, once. Answers its path. */
export async function ensureSampleDocument(dataDir: string): Promise<string> {
  const file = join(dataDir, 'sample-invoice.pdf');
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) await writeFile(file, await firstSampleInvoice());
  return file;
}

async function firstSampleInvoice(): Promise<Uint8Array> {
  // Loaded only when needed: drawing PDFs takes a large library.
  const { makeSampleInvoices } = await import('./sample-invoices.ts');
  const [invoice] = await makeSampleInvoices();
  if (invoice === undefined) throw new Error('there are no sample invoices');
  return invoice.bytes;
}
