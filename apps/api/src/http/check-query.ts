import type { Request } from 'express';
import { z } from 'zod';
import { ApiError, badField } from './api-error.ts';
import type { Route } from './route.ts';

const BRACKETS = /\[.*$/;

/**
 * A parameter that a write does not know would be done without: what was to narrow it down would not. In bracket form a
 * known name is refused when reading too, for a filter that is not looked at lists everything.
 * @throws ApiError BAD_REQUEST, naming the parameter that was meant
 */
export function checkQueryNames({ method, query }: Route, names: readonly string[]): void {
  const known = namesOf(query);
  const errors: Record<string, string> = {};
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = known.find((each) => plain(each) === plain(name));
    if (method !== 'get' || (meant !== undefined && BRACKETS.test(name))) errors[name] = expectation(meant, known);
  }
  const bad = Object.entries(errors);
  if (bad.length === 0) return;
  throw new ApiError('BAD_REQUEST', bad.map(([name, message]) => `${name}: ${message}`).join('; '), { errors });
}

/** How U+FFFD is sent, which is also what bytes that are no UTF-8 are read as. */
const REPLACEMENT_SENT = /%EF%BF%BD|\xEF\xBF\xBD/i;

/**
 * Characters that are not UTF-8 would be looked for as others.
 * @throws ApiError BAD_REQUEST naming the parameter
 */
export function checkQueryTexts(route: Route, { query, url }: Pick<Request, 'query' | 'url'>): void {
  if (REPLACEMENT_SENT.test(url)) return;
  for (const name of namesOf(route.query)) {
    if (String(query[name]).includes('\uFFFD')) throw badField(name, 'expected UTF-8 in percent-encoding');
  }
}

function namesOf(query: z.ZodType | undefined): string[] {
  return query instanceof z.ZodObject ? Object.keys(query.shape) : [];
}

/** In one spelling: case, separators, brackets and the plural aside. */
function plain(name: string): string {
  return name
    .replace(BRACKETS, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/s$/, '');
}

function expectation(meant: string | undefined, known: readonly string[]): string {
  if (meant !== undefined) return `is not known; ${meant} is, repeated or separated by commas if there are several`;
  return known.length > 0 ? `is not known; expected one of ${known.join(', ')}` : 'is not known: none is taken here';
}
