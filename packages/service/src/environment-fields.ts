import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { runtimeRefField } from '@gantry/contracts/module-definition';
import { parseClusterUrl, parseSentinelUrl } from '@gantry/contracts/redis-url';
import { type AllowList, parseAllowList } from '@gantry/outbound/address-rules';
import { z } from 'zod';

/** The kinds of settings the apps have. Each refuses with a sentence that says what was expected. */

export function integer(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, `expected an integer from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().refine((value) => value >= min && value <= max, `expected an integer from ${min} to ${max}`));
}

/** A TCP port; 0 lets the system choose a free one. */
export function port() {
  return integer(0, 65_535);
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

/** Where a server listens. */
export function host() {
  return z
    .string()
    .refine((text) => isIP(text) !== 0 || HOST_NAME.test(text), 'expected an address, or the name of a host');
}

export function url(...protocols: [string, ...string[]]) {
  const expected = `expected a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`;
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)), expected);
}

export function postgresUrl() {
  return url('postgres', 'postgresql');
}

/** Of one Redis, or of Sentinels that know which one it is. */
export function redisUrl() {
  const plain = url('redis', 'rediss');
  return z
    .string()
    .refine(
      (text) => [plain.safeParse(text).data, parseSentinelUrl(text), parseClusterUrl(text)].some(Boolean),
      'expected a URL such as redis://host:6379, rediss://host:6379, redis+sentinel://host:26379,host:26379/master or redis+cluster://host:6379,host:6379',
    );
}

export function flag() {
  return z
    .enum(['true', 'false', '1', '0'], 'expected true or false')
    .transform((text) => text === 'true' || text === '1');
}

/** Words separated by commas. */
export function list() {
  return z.string().transform((text) => text.split(',').flatMap((word) => word.trim() || []));
}

/** Module runtimes separated by commas; * is every one. */
export function runtimes() {
  return list().transform((words, context): string[] => {
    const refs = words.map((word) => (word === '*' ? word : runtimeRefField.safeParse(word).data));
    if (refs.length > 0 && refs.every((ref) => ref !== undefined)) return refs;
    context.addIssue('expected module runtimes as org/slug separated by commas, or *');
    return z.NEVER;
  });
}

/** Where requests to addresses of users may go besides the public Internet: hosts, addresses, networks. */
export function addressExceptions() {
  return list()
    .prefault('')
    .transform((entries, context): AllowList => {
      try {
        return parseAllowList(entries);
      } catch (error) {
        context.addIssue(`expected hosts, addresses and networks separated by commas; ${(error as Error).message}`);
        return z.NEVER;
      }
    });
}

/** The proxies in front of a server: how many, or what is known of their addresses. None by default. */
export function proxies() {
  const expected = 'expected a number of proxies from 0 to 10, or addresses and networks separated by commas';
  return list()
    .prefault('')
    .transform((entries, context): number | string[] => {
      const [first = '0'] = entries;
      if (entries.length < 2 && /^([0-9]|10)$/.test(first)) return Number(first);
      if (entries.every(isNetwork)) return entries;
      context.addIssue(expected);
      return z.NEVER;
    });
}

function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split('/', 2);
  const version = isIP(address);
  return (
    version !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
  );
}

/** Of a whole organization; its value is told to nobody. */
export function apiKey() {
  return z.string().min(8, 'expected at least 8 characters').regex(/^\S+$/, 'expected no spaces');
}

/** Shared by apps that know each other by it. */
export function workerToken() {
  return z.string().regex(/^\S{32,}$/, 'expected at least 32 characters without spaces');
}

const KEY_BYTES = 32;

/** Keys of 32 bytes, separated by commas. */
export function sealKeys() {
  return list().transform((texts, context): [Buffer, ...Buffer[]] => {
    const [first, ...others] = texts.map((text) => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64'));
    if (first !== undefined && [first, ...others].every((key) => key.length === KEY_BYTES)) return [first, ...others];
    context.addIssue('expected 32 bytes as base64 or hexadecimal, or several of these separated by commas');
    return z.NEVER;
  });
}

/** Folders that are there, separated by commas. */
export function folders() {
  return list().superRefine((paths, context) => {
    const missing = paths.find((path) => isFolder(path) !== true);
    if (missing !== undefined) context.addIssue(`expected folders separated by commas; ${missing} is none`);
  });
}

/** A folder that is there, or that can be made because no file is in its way. */
export function folder() {
  return z
    .string()
    .min(1)
    .superRefine((path, context) => {
      const file = fileInTheWay(resolve(path));
      if (file !== undefined) context.addIssue(`expected a folder; ${file} is a file`);
    });
}

function fileInTheWay(path: string): string | undefined {
  const found = isFolder(path);
  if (found !== undefined) return found ? undefined : path;
  return dirname(path) === path ? undefined : fileInTheWay(dirname(path));
}

/** @returns undefined when nothing is there that can be seen */
function isFolder(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory();
  } catch {
    return undefined;
  }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export function logLevel() {
  return z.enum(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`);
}

/** @param expected what the value is, for who set it wrong */
export function json<Schema extends z.ZodType>(schema: Schema, expected: string) {
  return z.string().transform((text, context): z.output<Schema> => {
    const result = schema.safeParse(parseJson(text));
    if (result.success) return result.data;
    context.addIssue(`expected ${expected}`);
    return z.NEVER;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
