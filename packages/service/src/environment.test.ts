import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readEnvironment, SettingsError } from './environment.ts';
import {
  flag,
  folder,
  folders,
  host,
  integer,
  list,
  logLevel,
  port,
  postgresUrl,
  redisUrl,
  runtimes,
} from './environment-fields.ts';

const schema = z.object({
  PORT: port().default(3000),
  DATABASE_URL: postgresUrl().describe('The record'),
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

test('each wrong setting is a line with its name, what was given and what is allowed', () => {
  const bad = { PORT: '70000', LOG_LEVEL: 'loud', WORKERS: '1e3', VERBOSE: 'perhaps' };
  expect(() => readEnvironment(schema, bad)).toThrow(
    new SettingsError(`PORT is "70000": expected an integer from 0 to 65535
DATABASE_URL is not set and has no default: The record
LOG_LEVEL is "loud": expected one of trace, debug, info, warn, error, fatal, silent
WORKERS is "1e3": expected an integer from 1 to 64
VERBOSE is "perhaps": expected true or false`),
  );
});

test('what is said of a wrong setting holds no password', () => {
  const refused = (fields: z.ZodObject, environment: Record<string, string>) => {
    try {
      return readEnvironment(fields, environment);
    } catch (error) {
      return String(error);
    }
  };
  expect(refused(schema, { DATABASE_URL: 'mysql://user:hunter2@host/db' })).toBe(
    'SettingsError: DATABASE_URL is "mysql://[redacted]@host/db": expected a URL that begins with postgres:// or postgresql://',
  );
  const KEY = z.string().min(8, 'expected at least 8 characters').meta({ secret: true });
  expect(refused(z.object({ KEY }), { KEY: 'hunter2' })).toBe(
    'SettingsError: KEY is a text of 7 characters: expected at least 8 characters',
  );
});

test('a setting can be in a file, but not in both places, and the file must be there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-settings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'database-url');
  await writeFile(file, 'postgres://localhost/secret\n');
  expect(readEnvironment(schema, { DATABASE_URL_FILE: file })).toMatchObject({
    DATABASE_URL: 'postgres://localhost/secret',
  });
  expect(() => readEnvironment(schema, { DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://localhost/a' })).toThrow(
    new SettingsError('DATABASE_URL and DATABASE_URL_FILE are both set: expected one of them'),
  );
  expect(() => readEnvironment(schema, { DATABASE_URL_FILE: '/nowhere' })).toThrow(
    new SettingsError('DATABASE_URL_FILE is "/nowhere": expected a file that can be read (ENOENT)'),
  );
});

test('folders are there, or the one that is not is named', () => {
  const fields = z.object({ MODULES_DIR: folders().prefault('') });
  expect(readEnvironment(fields, {})).toEqual({ MODULES_DIR: [] });
  expect(readEnvironment(fields, { MODULES_DIR: `${tmpdir()}, /` })).toEqual({ MODULES_DIR: [tmpdir(), '/'] });
  expect(() => readEnvironment(fields, { MODULES_DIR: '/,/nowhere' })).toThrow(
    new SettingsError('MODULES_DIR is "/,/nowhere": expected folders separated by commas; /nowhere is none'),
  );
});

test('a folder may be missing, but no file may be in its way', async () => {
  const place = await mkdtemp(join(tmpdir(), 'gantry-settings-'));
  onTestFinished(() => rm(place, { recursive: true }));
  const file = join(place, 'file');
  await writeFile(file, '');
  const schema = z.object({ CONTENT_DIR: folder(), MODULES_DIR: folders().default([]) });
  for (const CONTENT_DIR of [place, join(place, 'new', 'folder')]) {
    expect(readEnvironment(schema, { CONTENT_DIR })).toMatchObject({ CONTENT_DIR });
  }
  for (const CONTENT_DIR of [file, join(file, 'folder')]) {
    expect(() => readEnvironment(schema, { CONTENT_DIR })).toThrow(
      new SettingsError(`CONTENT_DIR is "${CONTENT_DIR}": expected a folder; ${file} is a file`),
    );
  }
  expect(() => readEnvironment(schema, { CONTENT_DIR: place, MODULES_DIR: join(file, 'modules') })).toThrow(
    `expected folders separated by commas; ${join(file, 'modules')} is none`,
  );
});

test('hosts and module runtimes are told from what cannot be one', () => {
  const schema = z.object({ HOST: host(), RUNTIMES: runtimes() });
  const read = (HOST: string, RUNTIMES: string) => readEnvironment(schema, { HOST, RUNTIMES });
  for (const given of ['0.0.0.0', '::', 'localhost', 'gantry-api.example.com'])
    expect(read(given, '*').HOST).toBe(given);
  expect(read('::1', 'acme/gpu, module://acme/cpu,*').RUNTIMES).toEqual(['acme/gpu', 'acme/cpu', '*']);
  expect(() => read('not a host', 'acme')).toThrow(
    new SettingsError(`HOST is "not a host": expected an address, or the name of a host
RUNTIMES is "acme": expected module runtimes as org/slug separated by commas, or *`),
  );
});

test('a Redis is named by its own URL or by those of its Sentinels', () => {
  const redis = z.object({ REDIS_URL: redisUrl() });
  for (const REDIS_URL of ['redis://a:1/2', 'rediss://a', 'redis+sentinel://a:1,b/main']) {
    expect(readEnvironment(redis, { REDIS_URL })).toEqual({ REDIS_URL });
  }
  for (const REDIS_URL of ['http://a', 'redis+sentinel://a:1,b', 'a:1']) {
    expect(() => readEnvironment(redis, { REDIS_URL })).toThrow('expected a URL such as redis://host:6379');
  }
});
