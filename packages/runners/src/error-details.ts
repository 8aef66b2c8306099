import type { JsonObject } from '@gantry/domain/json';
import { cleanText } from '@gantry/module-sdk/json-text';
import { logFields } from '@gantry/module-sdk/log-fields';
import { inWords } from './in-words.ts';

const MAX_MESSAGE = 1_000;
const MAX_DEPTH = 5;
const MAX_ERRORS = 10;
/** What is told of an error elsewhere. */
const TOLD = ['message', 'stack', 'name', 'cause', 'errors'];

/**
 * What an error is besides its message and stack: its name and own fields, what caused it, and the errors it collects.
 * @param said fields that are told elsewhere, too
 */
export function errorDetails(error: Error, said: readonly string[] = [], depth = 0): JsonObject {
  const details: JsonObject = { errorType: cleanText(String(error.name), 100) };
  const own = Object.entries(error).filter(
    ([key, value]) => value !== undefined && !TOLD.includes(key) && !said.includes(key),
  );
  if (own.length > 0) details['fields'] = logFields(Object.fromEntries(own));
  if (depth === MAX_DEPTH) return details;
  if (error.cause !== undefined) details['cause'] = causeOf(error.cause, depth + 1);
  if (error instanceof AggregateError) {
    details['errors'] = error.errors.slice(0, MAX_ERRORS).map((one) => causeOf(one, depth + 1));
  }
  return details;
}

function causeOf(cause: unknown, depth: number): JsonObject {
  if (!(cause instanceof Error)) return logFields(cause);
  return { message: cleanText(inWords(cause.message), MAX_MESSAGE), ...errorDetails(cause, [], depth) };
}
