import type { Json } from './json.ts';

/**
 * Postgres can store neither U+0000 nor half a surrogate pair in JSON, and one such string would make a whole batch
 * fail; both become U+FFFD. Returns the same value when there is nothing to replace.
 */
export function sanitizeJson<T extends Json>(value: T): T {
  return clean(value) as T;
}

function clean(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map(clean);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value);
  const cleaned = entries.map(([key, item]) => [cleanText(key), clean(item)] as const);
  return entries.every(([key, item], index) => key === cleaned[index]?.[0] && item === cleaned[index]?.[1])
    ? value
    : Object.fromEntries(cleaned);
}

function cleanText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
