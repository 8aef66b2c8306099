import { assistantSchema } from '@gantry/contracts/http/assistant';
import { pageSchema } from '@gantry/contracts/http/page';
import { type Project, projectSchema } from '@gantry/contracts/http/project';
import { storeSchema } from '@gantry/contracts/http/store';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';

const ASSISTANT = 'Invoice reader';

const STORE = { name: 'Invoices', orgSlug: 'local', slug: 'invoices', version: '1.0.0' };

export const SAMPLE_STORE_REF = `${STORE.orgSlug}/${STORE.slug}:${STORE.version}`;

/**
 * Makes what is missing of a place to try Gantry out: a project, a store, and an assistant that reads the documents
 * uploaded to the store. What is there stays as it is.
 */
export async function ensureSampleProject(api: ApiClient): Promise<void> {
  const project = await ensureProject(api);
  await ensureStore(api, project.id);
  await ensureAssistant(api, project.id);
}

async function ensureProject(api: ApiClient): Promise<Project> {
  const query = new URLSearchParams({ filter: "slug eq 'sample'" });
  const { content } = await api.get(`/api/projects?${query}`, pageSchema(projectSchema));
  return content[0] ?? api.post('/api/projects', { name: 'Sample', slug: 'sample' }, projectSchema);
}

async function ensureStore(api: ApiClient, projectId: string): Promise<void> {
  const { orgSlug, slug, version } = STORE;
  const filter = `orgSlug eq '${orgSlug}' and slug eq '${slug}' and version eq '${version}'`;
  const { content } = await api.get(`/api/stores?${new URLSearchParams({ filter })}`, pageSchema(storeSchema));
  if (content.length === 0) await api.post('/api/stores', { ...STORE, projectId }, storeSchema);
}

async function ensureAssistant(api: ApiClient, projectId: string): Promise<void> {
  const path = `/api/projects/${projectId}/assistants`;
  const assistants = await api.get(path, z.array(assistantSchema));
  if (assistants.some(({ name }) => name === ASSISTANT)) return;
  const assistant = {
    name: ASSISTANT,
    description: 'Reads issuer, number, date and amount of the invoices that are uploaded to the store.',
    subscription: 'CONTENT_CREATED',
    connections: [{ sourceType: 'STORE', sourceRef: SAMPLE_STORE_REF }],
    options: {
      complete_label: 'processed',
      pipeline: { steps: [{ ref: 'module://gantry/pdf-parser' }, { ref: 'module://gantry/invoice-extractor' }] },
    },
  };
  await api.post(path, assistant, assistantSchema);
}
