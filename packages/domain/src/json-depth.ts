import type { Json } from './json.ts';

/** Deeper values would overflow the stack of whoever walks through them, Postgres included. */
export const MAX_JSON_DEPTH = 100;

export function isTooDeep(value: Json): boolean {
  return isDeeperThan(MAX_JSON_DEPTH, value);
}

function isDeeperThan(depth: number, value: Json): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (depth === 0) return true;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeperThan(depth - 1, item)) return true;
  }
  return false;
}
