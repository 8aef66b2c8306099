import type { Execution } from '@gantry/contracts/http/execution';
import { readEnvironmentOrExit } from '@gantry/service/environment';
import { createLogger } from '@gantry/service/logger';
import type { ApiClient } from './api-client.ts';
import { connectOrStart } from './connect-or-start.ts';
import { demoEnvironment } from './env.ts';
import { followExecution } from './follow-execution.ts';
import { invoiceFacts, uploadInvoice } from './invoice-reading.ts';
import { logPrinter } from './log-printer.ts';
import { makeSampleInvoices } from './sample-invoices.ts';
import { ensureSampleProject } from './sample-project.ts';
import { textTable } from './text-table.ts';

const FOLLOW_LIMIT_MS = 60_000;
const HEADS = ['file', 'issuer', 'number', 'date', 'amount', 'currency', 'status', 'parse ms', 'extract ms'];

const env = readEnvironmentOrExit(demoEnvironment, process.env);
const print = logPrinter({ out: process.stdout, json: false });
const logger = createLogger({ name: 'demo', level: 'info' }, { write: (line) => print('demo', line.trimEnd()) });
const { api, close } = await connectOrStart({
  env,
  environment: { ...process.env, LOG_LEVEL: 'warn' },
  workers: 1,
  logger,
  onLog: print,
});
try {
  const rows = await readSampleInvoices(api);
  process.stdout.write(`\n${textTable(HEADS, rows)}\n\n`);
} finally {
  await close();
}

async function readSampleInvoices(api: ApiClient): Promise<string[][]> {
  await ensureSampleProject(api);
  const invoices = await makeSampleInvoices();
  logger.info(`uploading ${invoices.length} sample invoices`);
  return Promise.all(
    invoices.map(async ({ name, bytes }) => {
      const id = await uploadInvoice(api, name, bytes);
      return rowOf(name, await followExecution(api, id, FOLLOW_LIMIT_MS));
    }),
  );
}

function rowOf(name: string, execution: Execution): string[] {
  const { issuer, invoiceNumber, date, amount, currency } = invoiceFacts(execution) ?? {};
  const times = execution.pipeline.steps.map(({ processingTime }) => processingTime);
  const cells = [name, issuer, invoiceNumber, date, amount?.toFixed(2), currency, execution.status, ...times];
  return cells.map((cell) => String(cell ?? ''));
}
