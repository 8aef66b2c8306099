import { expect, test } from 'vitest';
import { z } from 'zod';
import { readEnvironment } from './environment.ts';
import { flag, integer, list, logLevel, port, postgresUrl, redisUrl } from './environment-fields.ts';

const schema = z.object({
  PORT: port().default(3000),
  DATABASE_URL: postgresUrl(),
  LOG_LEVEL: logLevel().default('info'),
  WORKERS: integer(1, 64).optional(),
  VERBOSE: flag().default(false),
  RUNTIMES: list().default([]),
});

test('reads values, fills in defaults and treats an empty variable as not set', () => {
  const environment = { DATABASE_URL: 'postgres://localhost/a', PORT: '8080', LOG_LEVEL: '', VERBOSE: '1', HOME: '/x' };
  expect(readEnvironment(schema, { ...environment, RUNTIMES: 'a/b, c/d' })).toEqual({
    PORT: 8080,
    DATABASE_URL: 'postgres://localhost/a',
    LOG_LEVEL: 'info',
    VERBOSE: true,
    RUNTIMES: ['a/b', 'c/d'],
  });
});

test('names every bad variable and what was expected, without repeating its value', () => {
  const bad = { PORT: '70000', LOG_LEVEL: 'loud', WORKERS: '1e3', VERBOSE: 'perhaps' };
  expect(() => readEnvironment(schema, bad)).toThrow(
    `The environment is not usable:
  PORT: expected an integer from 0 to 65535
  DATABASE_URL: is required but not set
  LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent
  WORKERS: expected an integer from 1 to 64
  VERBOSE: expected true or false`,
  );
  expect(() => readEnvironment(schema, { DATABASE_URL: 'mysql://user:hunter2@host/db' })).toThrow(
    /^The environment is not usable:\n {2}DATABASE_URL: expected a URL that begins with postgres:\/\/ or postgresql:\/\/$/,
  );
});

test('a Redis is named by its own URL or by those of its Sentinels', () => {
  const redis = z.object({ REDIS_URL: redisUrl() });
  for (const REDIS_URL of ['redis://a:1/2', 'rediss://a', 'redis+sentinel://a:1,b/main']) {
    expect(readEnvironment(redis, { REDIS_URL })).toEqual({ REDIS_URL });
  }
  for (const REDIS_URL of ['http://a', 'redis+sentinel://a:1,b', 'a:1']) {
    expect(() => readEnvironment(redis, { REDIS_URL })).toThrow('REDIS_URL: expected a URL such as redis://host:6379');
  }
});
