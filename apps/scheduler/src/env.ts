import { MAX_PRIORITY, MIN_PRIORITY } from '@gantry/domain/priority';
import { MAX_SHARDS } from '@gantry/domain/shard';
import {
  addressExceptions,
  host,
  integer,
  json,
  logLevel,
  port,
  postgresUrl,
  redisUrl,
  url,
} from '@gantry/service/environment-fields';
import { tracingSettings } from '@gantry/service/tracing-settings';
import { z } from 'zod';

export const schedulerEnvironment = z.object({
  DATABASE_URL: postgresUrl().describe('The Postgres database of the record'),
  REDIS_URL: redisUrl().describe(
    'The Redis that moves the work, its Sentinels, or a Redis Cluster: [docs/redis.md](docs/redis.md)',
  ),
  REDIS_PREFIX: z.string().min(1).max(100).default('{gantry}').describe('What all keys in Redis begin with'),
  REDIS_SHARDS: integer(1, MAX_SHARDS)
    .default(1)
    .describe('Parts that Redis is used in, the same for every app: [docs/redis.md](docs/redis.md#shards)'),
  DATABASE_POOL_SIZE: integer(2, 100).default(8).describe('Connections to Postgres at most'),
  HEALTH_HOST: host().default('127.0.0.1').describe('Where health and metrics are served'),
  HEALTH_PORT: port().default(0).describe('Port of health and metrics; 0 takes a free one and logs it'),
  LOG_LEVEL: logLevel().default('info').describe('The least important level that is logged'),
  ADMISSION_LIMIT: integer(1, 10_000_000)
    .default(10_000)
    .describe('Unfinished executions in Redis at most, about; more wait in Postgres'),
  QUEUE_WAIT_LIMIT: integer(1, 31_536_000)
    .default(86_400)
    .describe('Seconds an execution may wait for its first step before it fails'),
  PASSED_OVER_SECONDS: integer(0, 86_400)
    .default(60)
    .describe(
      'Seconds something waits behind more urgent work until it gets one turn in eight; 0: as long as there is any',
    ),
  PLANNER_CONCURRENCY: integer(1, 1_000).default(200).describe('Executions planned in one go at most'),
  RECORDER_BATCH: integer(1, 10_000).default(1_000).describe('Facts folded into the record in one transaction at most'),
  RETENTION_DAYS: integer(0, 36_500)
    .default(30)
    .describe('Days that finished executions, their steps, logs and outputs are kept; 0 keeps them for ever'),
  EVENT_RETENTION_DAYS: integer(0, 36_500)
    .default(14)
    .describe('Days in which an event that is sent again is known; 0 remembers all for ever'),
  AUDIT_RETENTION_DAYS: integer(0, 36_500).default(365).describe('Days that is kept who did what; 0 keeps it for ever'),
  WATCHDOG_SECONDS: integer(1, 86_400)
    .default(60)
    .describe('Not ready when something waits in a queue and nothing was taken from it for so many seconds'),
  OUTBOUND_ALLOW: addressExceptions().describe(
    'Hosts, addresses and networks that requests to addresses of users may reach though they are not public, separated by commas',
  ),
  SMTP_URL: url('smtp', 'smtps')
    .optional()
    .meta({ secret: true, description: 'Mail server for alerts by e-mail, as smtp://user:password@host:587' }),
  MAIL_FROM: z
    .string()
    .max(300)
    .regex(/^[^\s<>@]+@[^\s<>@]+$|^[^<>]*<[^\s<>@]+@[^\s<>@]+>$/, 'expected an address, or a name and <an address>')
    .default('gantry@localhost')
    .describe('Whom mails are from'),
  PRIORITY_DEFAULTS: json(
    z.record(z.string(), z.int().min(MIN_PRIORITY).max(MAX_PRIORITY)),
    'a JSON object from event type to a priority from 0 to 1000',
  )
    .prefault('{}')
    .describe('Default priorities by event type that replace the built-in ones, as a JSON object'),
  ...tracingSettings,
});
