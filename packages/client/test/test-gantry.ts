import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assistant, AssistantInput } from '@gantry/contracts/http/assistant';
import { type System, startSystem } from '@gantry/launcher/system';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { freshRedis } from '@gantry/testkit/fresh-redis';
import { GantryClient } from '../src/gantry-client.ts';

type Steps = NonNullable<NonNullable<AssistantInput['options']>['pipeline']>['steps'];

/** All of Gantry, as processes, on servers of its own. */
export interface TestGantry {
  system: System;
  client: GantryClient;
  /** Of all that the tests make. */
  projectId: string;
  /** Its data folder. */
  dataDir: string;
  /** An assistant that hears of tasks, with these steps. */
  assistant(name: string, steps: Steps, fields?: Partial<AssistantInput>): Promise<Assistant>;
  stop(): Promise<void>;
}

/** @param env of its processes, besides what they need */
export async function startTestGantry(env: Record<string, string> = {}): Promise<TestGantry> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gantry-client-'));
  const modulesDir = join(dataDir, 'modules');
  await mkdir(modulesDir);
  const database = await freshDatabase();
  const redis = await freshRedis();
  const system = await startSystem({
    ...{ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1 },
    env: {
      CONTENT_DIR: join(dataDir, 'content'),
      MODULES_DIR: modulesDir,
      GANTRY_SECRETS_KEY: '0'.repeat(64),
      LOG_LEVEL: 'warn',
      WORKER_WARM_START: 'false',
      ...env,
    },
  });
  // As `npm start` leaves them.
  await writeFile(join(dataDir, 'start.json'), JSON.stringify({ apiUrl: system.apiUrl }));
  await writeFile(join(dataDir, 'api-key'), system.apiKey);
  const client = new GantryClient({ url: system.apiUrl, apiKey: system.apiKey });
  const { id: projectId } = await client.projects.create({ name: 'Tests', slug: 'tests' });
  return {
    ...{ system, client, projectId, dataDir },
    assistant: (name, steps, fields = {}) =>
      client.assistants.create(projectId, {
        ...{ name, subscription: 'TASK_CREATED', options: { pipeline: { steps } } },
        ...fields,
      }),
    async stop() {
      await system.stop();
      await database.drop();
      await redis.cleanup();
      await rm(dataDir, { recursive: true });
    },
  };
}
