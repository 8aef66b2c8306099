import type { JsonObject } from '@gantry/domain/json';
import { sanitizeJson } from '@gantry/domain/sanitize-json';

const MAX_LOG_FIELDS = 16_000;

/** The fields of a log entry as JSON. Logging never fails a step: what JSON cannot hold is replaced by a word about it. */
export function logFields(fields: unknown): JsonObject {
  try {
    const text = JSON.stringify(fields, (_key, value) => {
      if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
      return typeof value === 'bigint' ? String(value) : value;
    });
    if (text === undefined) return { dropped: 'fields that are not an object' };
    if (text.length > MAX_LOG_FIELDS) {
      return { dropped: `fields of ${text.length} characters; ${MAX_LOG_FIELDS} are kept` };
    }
    const plain: unknown = JSON.parse(text);
    const isObject = typeof plain === 'object' && plain !== null && !Array.isArray(plain);
    return sanitizeJson(isObject ? (plain as JsonObject) : { value: plain as string });
  } catch {
    return { dropped: 'fields that cannot be written as JSON' };
  }
}
