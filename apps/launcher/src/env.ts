import { resolve } from 'node:path';
import {
  apiKey,
  folder,
  folders,
  host,
  logLevel,
  port,
  postgresUrl,
  redisUrl,
  sealKeys,
  url,
} from '@gantry/service/environment-fields';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../../..');

/** What the launcher itself reads. Everything else in its environment goes on to the apps, which check it. */
export const launcherEnvironment = z.object({
  GANTRY_DATA_DIR: z
    .string()
    .default('.gantry')
    .transform((path) => resolve(ROOT, path))
    .pipe(folder())
    .describe('Folder of the data of Postgres, Redis and the content store; relative to the project'),
  GANTRY_API_KEY: apiKey()
    .optional()
    .meta({ secret: true, description: 'The first API key; else one is made, and kept in the data folder' }),
  GANTRY_SECRETS_KEY: z
    .string()
    .superRefine((keys, context) => {
      const { error } = sealKeys().safeParse(keys);
      for (const { message } of error?.issues ?? []) context.addIssue(message);
    })
    .optional()
    .meta({
      secret: true,
      description: 'What secrets are sealed with in the record; else a key is made, and kept in the data folder',
    }),
  DATABASE_URL: postgresUrl().optional().describe('A Postgres to use, instead of starting one'),
  REDIS_URL: redisUrl().optional().describe('A Redis to use, instead of starting one'),
  CONTENT_DIR: folder().optional().describe('Folder of the content store; else it is in the data folder'),
  MODULES_DIR: folders().prefault('').describe('Folders with module files of your own, separated by commas'),
  BUNDLES_DIR: folder().optional().describe('Folder for the files of published modules; else it is in the data folder'),
  HOST: host().optional().describe('Address the API is served at'),
  HEALTH_HOST: host().optional().describe('Where health and metrics are served'),
  PORT: port().default(3000).describe('Port of the API; when it is not free, another is taken'),
  HEALTH_PORT: port()
    .default(0)
    .describe('Port of health and metrics of the scheduler, the workers have those after it'),
  LOG_LEVEL: logLevel().default('info').describe('The least important level that is logged'),
});
export type LauncherEnvironment = z.infer<typeof launcherEnvironment>;

/** What the demo reads besides: it may be shown another start than the one on the data folder. */
export const demoEnvironment = launcherEnvironment.extend({
  GANTRY_URL: url('http', 'https').optional().describe('The api that `npm run demo` uses, with GANTRY_API_KEY'),
});
export type DemoEnvironment = z.infer<typeof demoEnvironment>;
