import type { Json } from '@gantry/domain/json';
import { isTooDeep, MAX_JSON_DEPTH } from '@gantry/domain/json-depth';
import { sanitizeJson } from '@gantry/domain/sanitize-json';
import { ApiError, badField } from './api-error.ts';
import { MAY_LOSE, readExactly } from './exact-numbers.ts';

/**
 * JSON that a client sent, with what Postgres cannot store replaced.
 * @param what it is, for the error
 * @throws ApiError JSON_INVALID
 */
export function parseJson(text: string, what: string): Json {
  return storableJson(readJsonText(text, what), what);
}

/**
 * JSON that is the text of a field, as one of a form.
 * @throws ApiError BAD_REQUEST naming the field, and what in it is a number that would not be kept as it was sent
 */
export function parseJsonField(text: string, field: string): Json {
  try {
    return parseJson(text, field);
  } catch (error) {
    const [at, message] = Object.entries(error instanceof ApiError ? (error.errors ?? {}) : {})[0] ?? [];
    throw badField(at === undefined ? field : `${field}.${at}`, message ?? 'expected JSON');
  }
}

/**
 * JSON that may still be too deep or hold what Postgres cannot store: `storableJson` sees to that.
 * @throws ApiError JSON_INVALID; BAD_REQUEST naming the field of a number that would not be kept as it was sent
 */
export function readJsonText(text: string, what: string): Json {
  try {
    return MAY_LOSE.test(text) ? readExactly(text) : JSON.parse(text);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('JSON_INVALID', `${what} is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/** @throws ApiError JSON_INVALID */
export function storableJson(value: Json, what: string): Json {
  if (isTooDeep(value)) {
    throw new ApiError('JSON_INVALID', `${what} is nested more than ${MAX_JSON_DEPTH} levels deep.`);
  }
  return sanitizeJson(value);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a body, or of what is in one; a byte order mark is not part of it.
 * @param what it is, for the error
 * @throws ApiError JSON_INVALID
 */
export function utf8Text(bytes: Buffer, what: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ApiError('JSON_INVALID', `${what} is not UTF-8.`);
  }
}
