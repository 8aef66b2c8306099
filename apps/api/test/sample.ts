import type { Assistant } from '@gantry/contracts/http/assistant';
import type { EventAnswer } from '@gantry/contracts/http/event';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Project } from '@gantry/contracts/http/project';
import type { ApiClient } from './api-client.ts';

export const NO_ID = '0193a1b2-0000-7000-8000-00000000dead';

export async function makeProject(client: ApiClient, name = 'Invoices'): Promise<Project> {
  return client.made<Project>('/api/projects', { name });
}

/** An assistant of one step that hears every event of its project. */
export async function makeAssistant(client: ApiClient, projectId: string, fields: object = {}): Promise<Assistant> {
  return client.made<Assistant>(`/api/projects/${projectId}/assistants`, {
    name: 'Extractor',
    options: { pipeline: { steps: [{ ref: 'module://gantry/noop', name: 'nothing' }] } },
    ...fields,
  });
}

/** The execution that one event created. */
export async function makeExecution(client: ApiClient, projectId: string, event: object = {}): Promise<Execution> {
  const answer = await client.made<EventAnswer>(
    '/api/events',
    { eventType: 'TASK_CREATED', taskId: crypto.randomUUID(), projectId, ...event },
    202,
  );
  const { body } = await client.get<Execution>(`/api/executions/${answer.executions[0]?.id}`);
  return body;
}
