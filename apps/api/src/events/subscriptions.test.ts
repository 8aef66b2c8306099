import type { EventAnswer } from '@gantry/contracts/http/event';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAssistant, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** A project with one assistant for each subscription, and what sends it events. @returns who heard, by name */
async function listeners(subscriptions: Record<string, string>) {
  const project = await makeProject(api.client);
  const names = new Map<string, string>();
  for (const [name, subscription] of Object.entries(subscriptions))
    names.set((await makeAssistant(api.client, project.id, { name, subscription })).id, name);
  return async (event: object): Promise<string[]> => {
    const sent = { projectId: project.id, storeId: `acme/${project.slug}`, ...event };
    const { executions } = await api.client.made<EventAnswer>('/api/events', sent, 202);
    return executions.map(({ assistantId }) => names.get(assistantId ?? '') ?? '').sort();
  };
}

test('an expression hears by the document as the event left it', async () => {
  const send = await listeners({
    documented:
      'type == "content" and hasExtensions("pdf","docx") and hasLabel("needs-processing") and !hasLabel("processed")',
    folder: "matchesPath('in/**') AND contentType == 'DOCUMENT'",
    metadata: "containsKey('pages') && metadata.pages > 1",
    mixins: "!hasMixins('spatial') and eventType != 'TASK_CREATED'",
  });
  const documentFamilyId = crypto.randomUUID();
  const content = (fields: object, id = crypto.randomUUID()) => ({
    ...{ eventType: 'CONTENT_CREATED', documentFamilyId, contentObjectId: id },
    ...fields,
  });
  const labels = ['needs-processing'];

  expect(await send(content({ documentFamily: { path: 'in/a.pdf', labels, mixins: ['spatial'] } }))).toEqual([
    'documented',
    'folder',
  ]);
  // What the event does not mention is known from before.
  expect(await send(content({ documentFamily: { metadata: { pages: 2 } } }))).toEqual([
    'documented',
    'folder',
    'metadata',
  ]);
  expect(await send(content({ documentFamily: { labels: [...labels, 'processed'], mixins: [] } }))).toEqual([
    'folder',
    'metadata',
    'mixins',
  ]);
  expect(await send({ eventType: 'DOCUMENT_FAMILY_UPDATED', documentFamilyId, documentFamily: { labels } })).toEqual([
    'folder',
    'metadata',
    'mixins',
  ]);
  expect(await send({ eventType: 'TASK_CREATED', taskId: 't1' })).toEqual([]);
});

test('an expression without an answer keeps an event from nobody else', async () => {
  const send = await listeners({
    'no answer': 'metadata.pages > 1',
    status: "status == 'completed'",
    'by type': 'TASK_CREATED,TASK_UPDATED',
    'by family': 'type == "task"',
  });
  expect(await send({ eventType: 'TASK_UPDATED', taskId: 't1', data: { status: 'completed' } })).toEqual([
    'by family',
    'by type',
    'status',
  ]);
  expect(await send({ eventType: 'TASK_UPDATED', taskId: 't2' })).toEqual(['by family', 'by type']);
});
