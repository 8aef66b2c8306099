import { assistantSchema } from '@gantry/contracts/http/assistant';
import { pageSchema } from '@gantry/contracts/http/page';
import { type Project, projectSchema } from '@gantry/contracts/http/project';
import { storeSchema } from '@gantry/contracts/http/store';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';

const STORE = { name: 'Invoices', orgSlug: 'local', slug: 'invoices', version: '1.0.0' };

export const SAMPLE_STORE_REF = `${STORE.orgSlug}/${STORE.slug}:${STORE.version}`;

/** By name: what reacts to documents, and to events that come without one. */
const ASSISTANTS = [
  {
    name: 'Invoice reader',
    description: 'Reads issuer, number, date and amount of the invoices that are uploaded to the store.',
    subscription: 'CONTENT_CREATED',
    connections: [{ sourceType: 'STORE', sourceRef: SAMPLE_STORE_REF }],
    options: {
      complete_label: 'processed',
      pipeline: { steps: [{ ref: 'module://gantry/pdf-parser' }, { ref: 'module://gantry/invoice-extractor' }] },
    },
  },
  {
    name: 'Task echo',
    description: 'Gives back what a task says: a place for a pipeline of your own.',
    subscription: 'TASK_CREATED',
    options: { pipeline: { steps: [{ ref: 'module://gantry/echo' }] } },
  },
];

/**
 * Makes what is missing of a place to try Gantry out: a project, a store, and assistants that hear of documents in it and
 * of tasks. What is there stays as it is.
 */
export async function ensureSampleProject(api: ApiClient): Promise<void> {
  const project = await ensureProject(api);
  await ensureStore(api, project.id);
  await ensureAssistants(api, project.id);
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

async function ensureAssistants(api: ApiClient, projectId: string): Promise<void> {
  const path = `/api/projects/${projectId}/assistants`;
  const assistants = await api.get(path, z.array(assistantSchema));
  const missing = ASSISTANTS.filter(({ name }) => assistants.every((each) => each.name !== name));
  for (const assistant of missing) await api.post(path, assistant, assistantSchema);
}
