import type { BulkOperation } from '@gantry/contracts/http/bulk-operation';
import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import type { EventAnswer } from '@gantry/contracts/http/event';
import type { Store } from '@gantry/contracts/http/store';
import { z } from 'zod';
import type { Route } from '../src/http/route.ts';
import type { ApiClient } from './api-client.ts';
import { makeAssistant, makeProject } from './sample.ts';

/** What one organization has: one of everything that a path can name, by the words of paths and bodies. */
export type Belongings = Readonly<Record<string, string>>;

export async function makeBelongings(client: ApiClient, name: string): Promise<Belongings> {
  const { id: projectId } = await makeProject(client, name);
  const { id: assistantId } = await makeAssistant(client, projectId, { name });
  const store = await client.made<Store>('/api/stores', { id: `store-${name}`, name, slug: name, projectId });
  const familyId = `family-${name}`;
  const event = { eventType: 'DOCUMENT_FAMILY_CREATED', documentFamilyId: familyId, storeId: store.id, projectId };
  const { executions } = await client.made<EventAnswer>('/api/events', event, 202);
  const executionId = executions[0]?.id ?? '';
  await client.made(`/api/executions/${executionId}/status-messages`, { title: name, type: 'THINKING' });
  const form = new FormData();
  form.set('file', new Blob([name]), `${name}.txt`);
  const uploaded = await client.upload<DocumentFamily>(`/api/stores/${store.id}/upload`, form);
  const [object] = uploaded.body.contentObjects;
  const module = await client.made<{ id: string; orgSlug: string; slug: string }>('/api/modules', { slug: name });
  const key = await client.made<{ id: string }>('/api/keys', { name, scopes: ['executions:read'] });
  const bulk = await client.made<BulkOperation>(
    '/api/executions/reprocess',
    { filter: `assistantId eq '${assistantId}' and status eq 'FAILED'` },
    202,
  );
  const address = { url: 'https://ops.example/', events: ['execution.failed'] };
  const webhook = await client.made<{ id: string }>('/api/webhooks', { name, ...address });
  const delivery = await client.made<{ id: string }>(`/api/webhooks/${webhook.id}/test`, {}, 202);
  const condition = { kind: 'nothing-succeeded', minutes: 60 };
  const alert = await client.made<{ id: string }>('/api/alerts', { name, condition });
  return {
    ...{ webhookId: webhook.id, deliveryId: delivery.id, alertId: alert.id },
    ...{ projectId, assistantId, executionId, familyId, keyId: key.id, bulkOperationId: bulk.id },
    ...{ storeId: store.id, storeOrg: store.orgSlug, storeSlug: store.slug, storeVersion: store.version },
    ...{ moduleId: module.id, moduleOrg: module.orgSlug, moduleSlug: module.slug, label: `label-${name}` },
    ...{ uploadedId: uploaded.body.id, objectId: object?.id ?? '', step: '0', revision: '1' },
    ...{ workerId: 'no-such-worker', moduleVersion: '1.0.0' },
    secretName: `OF_${name.toUpperCase()}`,
  };
}

/** What a parameter means, by what stands before it in the path. */
const PARAMETERS: readonly [RegExp, keyof Belongings][] = [
  [/\/stores\/:orgSlug/, 'storeOrg'],
  [/\/stores\/[^/]+\/:slug/, 'storeSlug'],
  [/\/stores\/[^/]+\/[^/]+\/:version/, 'storeVersion'],
  [/\/stores\/\*storeId/, 'storeId'],
  [/\/modules\/:orgSlug/, 'moduleOrg'],
  [/\/modules\/[^/]+\/:slug/, 'moduleSlug'],
  [/\/versions\/:version/, 'moduleVersion'],
  [/\/modules\/:id/, 'moduleId'],
  [/\/document-families\/:id(?=\/contents)/, 'uploadedId'],
  [/\/contents\/:objectId/, 'objectId'],
  [/\/(document-)?families\/:id/, 'familyId'],
  [/\/steps\/:step/, 'step'],
  [/\/labels\/:label/, 'label'],
  [/\/executions\/:id/, 'executionId'],
  [/\/bulk-operations\/:id/, 'bulkOperationId'],
  [/\/secrets\/:name/, 'secretName'],
  [/\/revisions\/:number/, 'revision'],
  [/\/projects\/:(projectId|id)/, 'projectId'],
  [/\/assistants\/:id/, 'assistantId'],
  [/\/keys\/:id/, 'keyId'],
  [/\/webhooks\/:id/, 'webhookId'],
  [/\/deliveries\/:deliveryId/, 'deliveryId'],
  [/\/alerts\/:id/, 'alertId'],
  [/\/workers\/:workerId/, 'workerId'],
];

/** The path of a route for what an organization has. A parameter that is not known here is an error: add it. */
export function pathOf(route: Pick<Route, 'path'>, { ...own }: Belongings): string {
  let path = route.path;
  for (const [pattern, name] of PARAMETERS) {
    path = path.replace(pattern, (text) => text.replace(/[:*]\w+$/, () => encodeURIComponent(own[name] ?? '')));
  }
  if (/[:*]\w+/.test(decodeURIComponent(path).replace(own['storeVersion'] ?? ' ', ''))) {
    throw new Error(`${route.path} has a parameter of unknown meaning`);
  }
  return path;
}

const BODIES: readonly object[] = [
  ...[{}, { name: 'x' }, { title: 'x', type: 'THINKING' }, { all: true }, { name: 'x', scopes: ['admin'] }],
  ...[{ url: 'https://x.example/', events: ['alert.firing'] }],
  ...[{ name: 'x', condition: { kind: 'nothing-succeeded', minutes: 1 } }],
  ...[{ eventType: 'ORDER_PLACED' }, { pipeline: { steps: [] } }, { slug: 'x' }, { filter: 'priority gt 2000' }],
  ...[{ assistant: {} }, { value: 'x' }, { everything: true }, { executionDays: 36_000 }],
];

/** A JSON body that passes the checks of a route; undefined for one without. None that passes is an error: add one. */
export function bodyFor(route: Route, more: object = {}): object | undefined {
  const schema = route.body ?? route.bodies?.['application/json'];
  if (schema === undefined) return undefined;
  const body = BODIES.map((sample) => ({ ...sample, ...more })).find((sample) => schema.safeParse(sample).success);
  if (body === undefined) throw new Error(`${route.method} ${route.path} needs a sample body`);
  return body;
}

/** The names of the members that a query or body of a route may have. */
export function memberNames(schema: z.ZodType | undefined): string[] {
  if (schema === undefined) return [];
  const { properties = {}, anyOf = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const objects = [properties, ...anyOf.map((option) => (typeof option === 'object' && option.properties) || {})];
  return [...new Set(objects.flatMap((object) => Object.keys(object)))];
}
