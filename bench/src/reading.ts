/**
 * npm run bench:reading FOLDER...: reads every PDF that has a JSON of what is expected beside it, once with the electronic
 * invoice that it carries and once by its pages alone, and counts the facts that are wrong and those that are found.
 * A fact is visible when the value stands in the text of the pages.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readInvoiceDocument } from '@gantry/documents/invoice/document';
import { extractInvoice } from '@gantry/documents/invoice/extract-invoice';
import type { ParsedDocument } from '@gantry/documents/parsed-document';
import { readPdf } from '@gantry/documents/pdf/read-pdf';
import { z } from 'zod';

const text = z.coerce.string().optional();
const expectedSchema = z.union([z.array(z.looseObject({})).transform(([first = {}]) => first), z.looseObject({})]).pipe(
  z.object({
    issuer: text,
    buyer: text,
    invoiceNumber: text,
    invoice_number: text,
    date: text,
    amount: z.coerce.number().optional(),
    currency: text,
  }),
);

const NAMES = ['issuer', 'buyer', 'invoiceNumber', 'date', 'amount', 'currency'] as const;
type Facts = Partial<Record<(typeof NAMES)[number], string | undefined>>;

interface Count {
  stated: number;
  wrong: number;
  visible: number;
  found: number;
}

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error('npm run bench:reading FOLDER...');
const counts = { 'with its XML': newCount(), 'by its pages': newCount() };
for (const folder of folders) {
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.pdf'))) {
    const expected = await readExpected(join(folder, name.replace(/pdf$/, 'json')));
    if (expected === null) continue;
    const pdf = await readPdf(await readFile(join(folder, name)), {
      maxPages: 500,
      signal: new AbortController().signal,
      onPage: () => {},
    });
    compare(name, 'with its XML', pdf, expected);
    compare(name, 'by its pages', { ...pdf, attachments: [] }, expected);
  }
}
console.table(counts);

function newCount(): Count {
  return { stated: 0, wrong: 0, visible: 0, found: 0 };
}

/** Null where nothing is expected. */
async function readExpected(file: string): Promise<Facts | null> {
  const json = await readFile(file, 'utf8').catch(() => null);
  if (json === null) return null;
  const { invoice_number, amount, date, ...given } = expectedSchema.parse(JSON.parse(json));
  return {
    ...given,
    invoiceNumber: given.invoiceNumber ?? invoice_number,
    date: date?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
    amount: amount?.toFixed(2),
  };
}

function compare(file: string, way: keyof typeof counts, pdf: ParsedDocument, expected: Facts): void {
  const read = extractInvoice(readInvoiceDocument(pdf));
  const page = plain(pdf.text);
  for (const name of NAMES) {
    const right = expected[name];
    if (right === undefined) continue;
    const value = read[name];
    const stated = typeof value === 'number' ? value.toFixed(2) : value;
    const isRight = stated !== null && isSame(stated, right);
    // Dates, sums and currencies are written in many ways: where one is asked for, it is on the page.
    const isVisible = ['date', 'amount', 'currency'].includes(name) || page.includes(plain(right));
    const count = counts[way];
    count.stated += stated === null ? 0 : 1;
    count.visible += isVisible ? 1 : 0;
    count.found += isVisible && isRight ? 1 : 0;
    if (stated !== null && !isRight) {
      count.wrong++;
      console.log(`${file}, ${way}: ${name} is ${stated}, expected ${right}`);
    } else if (isVisible && !isRight) console.log(`${file}, ${way}: ${name} is not found, expected ${right}`);
  }
}

/** A name may be told without its legal form, or with what stands before it. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)];
  return a === b || (a.length > 3 && b.includes(a)) || (b.length > 3 && a.includes(b));
}

function plain(value: string): string {
  return value.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
