import { documentFamilySchema } from '@gantry/contracts/http/document-family';
import { type Execution, executionSchema } from '@gantry/contracts/http/execution';
import { pageSchema } from '@gantry/contracts/http/page';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { SAMPLE_STORE_REF } from './sample-project.ts';

const factsSchema = z.object({
  issuer: z.string().nullable(),
  invoiceNumber: z.string().nullable(),
  date: z.string().nullable(),
  amount: z.number().nullable(),
  currency: z.string().nullable(),
});
export type InvoiceFacts = z.infer<typeof factsSchema>;

/** Uploads a document to the store. Answers the id of the execution that reads it. */
export async function uploadInvoice(
  api: ApiClient,
  name: string,
  bytes: Uint8Array,
  storeRef = SAMPLE_STORE_REF,
): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }), name);
  const family = await api.post(`/api/stores/${storeRef}/upload`, form, documentFamilySchema);
  const query = new URLSearchParams({
    filter: `documentFamilyId eq '${family.id}'`,
    sort: 'createdOn,desc',
    pageSize: '1',
  });
  const { content } = await api.get(`/api/executions?${query}`, pageSchema(executionSchema));
  const [execution] = content;
  if (execution === undefined)
    throw new Error(`No assistant reacted to ${name}: is the one of the sample project active?`);
  return execution.id;
}

/** What the extractor found, once it is done and read with its outputs; undefined if it did not get there. */
export function invoiceFacts({ pipeline: { steps } }: Execution): InvoiceFacts | undefined {
  return factsSchema.safeParse(steps.at(-1)?.output).data;
}
