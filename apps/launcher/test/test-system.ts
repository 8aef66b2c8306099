import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Assistant, assistantSchema } from '@gantry/contracts/http/assistant';
import { type EventAnswer, eventAnswerSchema } from '@gantry/contracts/http/event';
import { type Execution, executionSchema } from '@gantry/contracts/http/execution';
import { type Project, projectSchema } from '@gantry/contracts/http/project';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { waitFor } from '@gantry/testkit/wait-for';
import { z } from 'zod';
import { ApiClient } from '../src/api-client.ts';
import { type System, type SystemProcess, startSystem } from '../src/system.ts';

interface TestSystemOptions {
  /** Of an empty database; without it, one of its own on the shared Postgres. */
  databaseUrl?: string;
  redisUrl: string;
  redisPrefix?: string;
  workers: number;
  schedulers?: number;
  apis?: number;
  restart?: boolean;
  env?: Record<string, string>;
}

/** A whole system on a database of its own, and what the tests do with it as a client of its api. */
export interface TestSystem {
  readonly system: System;
  readonly api: ApiClient;
  readonly project: Project;
  /** Makes an assistant with these steps that reacts to CONTENT_CREATED in a store of its own. */
  assistant(name: string, steps: object[], fields?: object): Promise<Assistant>;
  /** A CONTENT_CREATED for the assistant of that name. */
  event(name: string, content: string): object;
  /** Posts a CONTENT_CREATED for the assistant of that name and answers what came of it. */
  contentCreated(name: string, content: string): Promise<EventAnswer>;
  /** Posts several in one request. */
  contentsCreated(name: string, events: readonly object[]): Promise<EventAnswer[]>;
  /** With the outputs of its steps. */
  execution(id: string): Promise<Execution>;
  cancel(id: string): Promise<Execution>;
  /** The worker that was started last. */
  worker(): SystemProcess;
  /** The scheduler that leads, once one does. */
  leader(): Promise<SystemProcess>;
  /** What the processes wrote. */
  readonly lines: readonly string[];
  /** The processes that ended, in whatever way, of those it began with. */
  readonly ended: readonly string[];
  /** Waits until the execution has the status; throws with its exception details if it ends in another. */
  reaches(id: string, status: Execution['status']): Promise<Execution>;
  stop(): Promise<void>;
}

const ENDS: readonly string[] = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED'];

export async function startTestSystem({ env, databaseUrl, ...options }: TestSystemOptions): Promise<TestSystem> {
  const contentDir = await mkdtemp(join(tmpdir(), 'gantry-content-'));
  const database = databaseUrl ? { url: databaseUrl, drop: async () => {} } : await freshDatabase();
  const lines: string[] = [];
  const removeData = async () => {
    await database.drop();
    await rm(contentDir, { recursive: true });
  };
  const system = await startSystem({
    ...options,
    databaseUrl: database.url,
    env: { CONTENT_DIR: contentDir, LOG_LEVEL: 'warn', WORKER_WARM_START: 'false', ...env },
    onLog: (name, line) => lines.push(`${name} ${line}`),
  }).catch(async (error) => {
    await removeData();
    throw error;
  });
  const ended: string[] = [];
  for (const { name, exited } of system.processes) exited.then(() => ended.push(name));
  const api = new ApiClient(system.apiUrl, system.apiKey);
  const project = await api.post('/api/projects', { name: 'Test' }, projectSchema);
  const execution = (id: string) => api.get(`/api/executions/${id}?include=outputs`, executionSchema);

  const storeOf = (name: string) => `local/${name.replaceAll(' ', '-')}:1.0.0`;
  const event = (name: string, content: string) => ({
    eventType: 'CONTENT_CREATED',
    projectId: project.id,
    storeId: storeOf(name),
    documentFamilyId: `${name}-${content}`,
    contentObjectId: `${name}-${content}`,
  });

  return {
    system,
    api,
    project,
    assistant: (name, steps, fields = {}) =>
      api.post(
        `/api/projects/${project.id}/assistants`,
        {
          name,
          subscription: 'CONTENT_CREATED',
          connections: [{ sourceType: 'STORE', sourceRef: storeOf(name) }],
          options: { pipeline: { steps } },
          ...fields,
        },
        assistantSchema,
      ),
    event,
    contentCreated: (name, content) => api.post('/api/events', event(name, content), eventAnswerSchema),
    contentsCreated: (name, fields) => {
      const events = fields.map((own, index) => ({ ...event(name, `${name}-${index}`), ...own }));
      return api.post('/api/events', events, z.array(eventAnswerSchema));
    },
    execution,
    cancel: (id) => api.put(`/api/executions/${id}/cancel`, executionSchema),
    worker: () => {
      const worker = system.processes.at(-1);
      if (worker === undefined) throw new Error('there is no worker');
      return worker;
    },
    reaches: async (id, status) => {
      const last = await waitFor(
        async () => {
          const now = await execution(id);
          return now.status === status || ENDS.includes(now.status) ? now : undefined;
        },
        { what: `execution ${id} to be ${status}; the apps wrote:\n${lines.join('\n')}\n` },
      );
      if (last.status !== status) throw new Error(`${last.status}: ${JSON.stringify(last.exceptionDetails)}`);
      return last;
    },
    leader: () =>
      waitFor(
        async () => {
          for (const one of system.processes.filter(({ name }) => name.startsWith('scheduler'))) {
            if (await leads(one)) return one;
          }
          return undefined;
        },
        { what: 'a scheduler to lead' },
      ),
    lines,
    ended,
    stop: async () => {
      await system.stop();
      await removeData();
    },
  };
}

/** Whether a scheduler says that it leads. */
export async function leads({ url }: SystemProcess): Promise<boolean> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
  return /^gantry_scheduler_leads\S* 1$/m.test((await answer?.text()) ?? '');
}
