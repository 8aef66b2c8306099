import { ApiClient } from './api-client.ts';
import { readApiKey } from './api-key.ts';
import type { DemoEnvironment } from './env.ts';
import { findRunningStart } from './running-start.ts';
import { type GantryOptions, startGantry } from './start-gantry.ts';

interface ConnectOptions extends GantryOptions {
  env: DemoEnvironment;
}

interface Connection {
  api: ApiClient;
  /** Stops what was started for it; a Gantry that ran before runs on. */
  close(): Promise<void>;
}

/** A client of the Gantry at GANTRY_URL, else of the one that runs on the data folder, else of one started for it. */
export async function connectOrStart(options: ConnectOptions): Promise<Connection> {
  const { env, logger } = options;
  const { GANTRY_DATA_DIR: dataDir, GANTRY_API_KEY: key = await readApiKey(dataDir) } = env;
  const url = env.GANTRY_URL ?? (await findRunningStart(dataDir))?.apiUrl;
  if (url !== undefined) {
    if (key === undefined) throw new Error(`Set GANTRY_API_KEY to a key of ${url}`);
    logger.info(`using the Gantry at ${url}`);
    return { api: new ApiClient(url.replace(/\/$/, ''), key), close: async () => undefined };
  }
  logger.info('no Gantry is running: starting one until the demo is over');
  const { system, stop } = await startGantry(options);
  return { api: new ApiClient(system.apiUrl, system.apiKey), close: stop };
}
