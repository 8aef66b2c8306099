import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_SHARDS } from '@gantry/domain/shard';
import { contentSettings } from '@gantry/service/content-settings';
import {
  addressExceptions,
  flag,
  folder,
  folders,
  host,
  integer,
  logLevel,
  port,
  redisUrl,
  runtimes,
  url,
  workerToken,
} from '@gantry/service/environment-fields';
import { tracingSettings } from '@gantry/service/tracing-settings';
import { z } from 'zod';

export const workerEnvironment = z.object({
  REDIS_URL: redisUrl().describe(
    'The Redis that moves the work, its Sentinels, or a Redis Cluster: [docs/redis.md](docs/redis.md)',
  ),
  REDIS_PREFIX: z.string().min(1).max(100).default('{gantry}').describe('What all keys in Redis begin with'),
  REDIS_SHARDS: integer(1, MAX_SHARDS)
    .default(1)
    .describe('Parts that Redis is used in, the same for every app: [docs/redis.md](docs/redis.md#shards)'),
  HEALTH_HOST: host().default('127.0.0.1').describe('Where health and metrics are served'),
  HEALTH_PORT: port().default(0).describe('Port of health and metrics; 0 takes a free one and logs it'),
  LOG_LEVEL: logLevel().default('info').describe('The least important level that is logged'),
  ...contentSettings,
  SECRETS_DIR: folder()
    .default('/run/secrets')
    .describe('Folder whose files are secrets of modules: [docs/secrets.md](docs/secrets.md)'),
  MODULES_DIR: folders().prefault('').describe('Folders with module files of your own, separated by commas'),
  MODULES_CONFINED: flag()
    .prefault('false')
    .describe(
      'Module files of your own have no files but their folders and contents, and start no programs, threads or native code',
    ),
  BUNDLES_DIR: folder()
    .default(join(tmpdir(), 'gantry-bundles'))
    .describe('Folder for the files of published modules; the workers of a machine may share it'),
  BUNDLES_MEGABYTES: integer(1, 1_000_000)
    .default(2_000)
    .describe('What those files may take; the ones that were not used for longest go first'),
  WORKER_CONCURRENCY: integer(1, 256)
    .default(8)
    .describe('Slices run at the same time, each step in a process of its own unless its module is non-blocking'),
  WORKER_RUNTIMES: runtimes()
    .prefault('*')
    .describe(
      'Module runtimes served, as org/slug separated by commas; * serves every one that executions are planned for',
    ),
  WORKER_WARM_START: flag()
    .prefault('true')
    .describe(
      'Processes that wait import the PDF parser and the invoice extractor before a step asks for them; without, each takes 40 MB less',
    ),
  WORKER_STOP_GRACE: integer(0, 20)
    .default(8)
    .describe('Seconds that running steps get to end when the worker is stopped, before they are handed back'),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin').describe('Where programs of modules are found'),
  WORKER_STEP_MEMORY: integer(64, 65_536).default(512).describe('Megabytes of memory a step may use, buffers included'),
  CALL_BACK_URL: url('http', 'https')
    .optional()
    .describe('Where endpoints of `http` modules reach the api, to answer later; `npm start` gives its own'),
  API_URL: url('http', 'https')
    .optional()
    .describe('Where the worker reaches the api to ask for secrets that it keeps; else CALL_BACK_URL'),
  GANTRY_WORKER_TOKEN: workerToken().optional().meta({
    secret: true,
    description: 'What workers prove themselves with to the api when they ask for secrets; the same for both',
  }),
  OUTBOUND_ALLOW: addressExceptions().describe(
    'Hosts, addresses and networks that requests to addresses of users may reach though they are not public, separated by commas',
  ),
  JOURNAL_LIMIT: integer(1_000, 10_000_000)
    .default(100_000)
    .describe('Entries waiting to be recorded (a few facts each) beyond which the worker takes no more slices'),
  WATCHDOG_SECONDS: integer(1, 86_400)
    .default(60)
    .describe('Not ready when something waits in a queue and nothing was taken from it for so many seconds'),
  ...tracingSettings,
});
