import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@gantry/service/logger';
import { ApiClient } from './api-client.ts';
import { keepApiKey } from './api-key.ts';
import type { Environment } from './app-process.ts';
import { buildConsole } from './console-build.ts';
import type { LauncherEnvironment } from './env.ts';
import { lockDataFolder } from './running-start.ts';
import { ensureSampleDocument } from './sample-document.ts';
import { ensureSampleProject } from './sample-project.ts';
import { keepSecretsKey } from './secrets-key.ts';
import { makeSignInLink } from './sign-in-link.ts';
import { startServers } from './start-servers.ts';
import { type System, startSystem } from './system.ts';

export interface GantryOptions {
  env: LauncherEnvironment;
  /** Goes on to the apps. */
  environment: Environment;
  workers: number;
  logger: Logger;
  onLog: (process: string, line: string) => void;
}

/** Gantry with servers of its own, as `npm start` runs it. */
export interface Gantry {
  system: System;
  /** Path of a document to try an upload with. */
  sampleDocument: string;
  /** Signs one browser in to the console. */
  signInLink: string;
  /** Stops workers, scheduler, api, Redis and Postgres, in this order. */
  stop(): Promise<void>;
}

/**
 * Starts all of it on the data folder: the servers that are not given by URL, the apps, the sample project. What was started
 * is stopped again when a later part does not start. Throws if another start runs on the folder.
 */
export async function startGantry({ env, environment, workers, logger, onLog }: GantryOptions): Promise<Gantry> {
  const dataDir = env.GANTRY_DATA_DIR;
  // Uploads and queues are for this user alone. Started by root, Postgres runs as another user and passes through the folder.
  await mkdir(dataDir, { recursive: true });
  for (const folder of ['content', 'redis']) {
    await mkdir(join(dataDir, folder), { recursive: true });
    await chmod(join(dataDir, folder), 0o700);
  }
  await using started = new AsyncDisposableStack();

  const lock = await lockDataFolder(dataDir);
  started.defer(() => lock.release());

  const { postgres, redis } = await startServers({
    dataDir,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    logger,
  });
  started.defer(() => postgres.stop());
  started.defer(() => redis.stop());

  await buildConsole(environment, logger);
  const system = await startSystem({
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    workers,
    env: {
      ...environment,
      PORT: String(env.PORT),
      GANTRY_API_KEY: await keepApiKey(dataDir, env.GANTRY_API_KEY),
      GANTRY_SECRETS_KEY: await keepSecretsKey(dataDir, env.GANTRY_SECRETS_KEY),
      CONTENT_DIR: env.CONTENT_DIR ?? join(dataDir, 'content'),
      BUNDLES_DIR: env.BUNDLES_DIR ?? join(dataDir, 'bundles'),
      MODULES_DIR: [await developedModules(dataDir), ...env.MODULES_DIR].filter(Boolean).join(','),
    },
    onLog,
    restart: true,
  });
  started.defer(() => system.stop());

  const client = new ApiClient(system.apiUrl, system.apiKey);
  await ensureSampleProject(client);
  const sampleDocument = await ensureSampleDocument(dataDir);
  await lock.announce(system.apiUrl);
  const signInLink = await makeSignInLink(client);
  const running = started.move();
  return { system, sampleDocument, signInLink, stop: () => running.disposeAsync() };
}

/** Where `gantry module dev` puts what it has workers run. What an earlier start left there nobody works on any more. */
async function developedModules(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'modules');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}
