import { MAX_PRIORITY, MIN_PRIORITY } from '@gantry/domain/priority';
import { MAX_SHARDS } from '@gantry/domain/shard';
import { contentSettings } from '@gantry/service/content-settings';
import {
  apiKey,
  host,
  integer,
  json,
  logLevel,
  port,
  postgresUrl,
  proxies,
  redisUrl,
  sealKeys,
  workerToken,
} from '@gantry/service/environment-fields';
import { tracingSettings } from '@gantry/service/tracing-settings';
import { z } from 'zod';

export const apiEnvironment = z.object({
  HOST: host().default('127.0.0.1').describe('Address the API is served at; 0.0.0.0 for every one'),
  PORT: port().default(3000).describe('Port of the API; 0 takes a free one and logs it'),
  DATABASE_URL: postgresUrl().describe('The Postgres database of the record'),
  REDIS_URL: redisUrl().describe(
    'The Redis that moves the work, its Sentinels, or a Redis Cluster: [docs/redis.md](docs/redis.md)',
  ),
  REDIS_PREFIX: z.string().min(1).max(100).default('{gantry}').describe('What all keys in Redis begin with'),
  REDIS_SHARDS: integer(1, MAX_SHARDS)
    .default(1)
    .describe('Parts that Redis is used in, the same for every app: [docs/redis.md](docs/redis.md#shards)'),
  GANTRY_API_KEY: apiKey().optional().meta({
    secret: true,
    description:
      'An API key with every scope, in place of the one that this setting gave before; without it one is made on the first start and logged once',
  }),
  GANTRY_SECRETS_KEY: sealKeys().optional().meta({
    secret: true,
    description:
      'What secrets are sealed with in the record: 32 bytes as base64 or hexadecimal; behind a comma keys that were it before. Without one secrets are not kept: [docs/secrets.md](docs/secrets.md)',
  }),
  GANTRY_WORKER_TOKEN: workerToken().optional().meta({
    secret: true,
    description: 'What workers prove themselves with to the api when they ask for secrets; the same for both',
  }),
  ...contentSettings,
  MAX_UPLOAD_BYTES: integer(1, 536_870_912).default(104_857_600).describe('Bytes of an uploaded file at most'),
  RATE_LIMIT: integer(0, 1_000_000)
    .default(5_000)
    .describe('Requests a second that each API key may send to an api; 0 is no limit'),
  CONTENT_QUOTAS: json(
    z.record(z.string().min(1), z.int().min(1).max(1_000_000_000)),
    'a JSON object from slugs of organizations, or *, to megabytes',
  )
    .prefault('{}')
    .describe(
      'Megabytes of contents that organizations may have, by slug, `*` for all others: `{"*": 10000, "acme": 50000}`; without one there is no limit',
    ),
  KEEP_ALIVE_SECONDS: integer(1, 3_600)
    .default(65)
    .describe('Seconds that an idle connection is kept; longer than a load balancer in front keeps it'),
  TRUST_PROXY: proxies().describe(
    'How many proxies are in front, or their addresses and networks separated by commas: limits by address then count the client’s',
  ),
  DATABASE_POOL_SIZE: integer(2, 100).default(10).describe('Connections to Postgres at most'),
  PRIORITY_DEFAULTS: json(
    z.record(z.string(), z.int().min(MIN_PRIORITY).max(MAX_PRIORITY)),
    'a JSON object from event type to a priority from 0 to 1000',
  )
    .prefault('{}')
    .describe('Default priorities by event type that replace the built-in ones, as a JSON object'),
  RESERVED_NAMES: json(
    z.record(z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)?$/), z.array(z.string().min(1))),
    'a JSON object from org or org/slug to slugs of organizations',
  )
    .prefault('{}')
    .describe(
      'Modules and module runtimes that some organizations alone may use, as `{"acme/gpu": ["acme"]}`; `acme` is all of its names',
    ),
  LOG_LEVEL: logLevel().default('info').describe('The least important level that is logged'),
  ...tracingSettings,
});
