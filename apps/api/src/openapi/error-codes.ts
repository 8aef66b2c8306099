import { ERROR_CATALOGUE, type ErrorCode } from '@gantry/contracts/error-catalogue';
import { listQuerySchema } from '@gantry/contracts/http/page';
import { z } from 'zod';
import { takesIdempotencyKey } from '../http/idempotency.ts';
import type { Route } from '../http/route.ts';

const ALWAYS: readonly ErrorCode[] = ['UNAUTHORIZED', 'TOO_MANY_REQUESTS', 'INTERNAL_ERROR', 'DATABASE_UNAVAILABLE'];

const OF_BODIES: readonly ErrorCode[] = ['BAD_REQUEST', 'JSON_INVALID', 'CONTENT_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

const OF_IDEMPOTENCY: readonly ErrorCode[] = ['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_IN_USE'];

const OF_LISTS = (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).filter((code) => /^(FILTER|SORT|CURSOR)_/.test(code));

/** Every error that a route may answer with, by status: what follows from its kind, and what it says itself. */
export function errorCodesOf(route: Route): Map<number, ErrorCode[]> {
  const codes = new Set<ErrorCode>([
    ...ALWAYS,
    ...(route.scopes.length > 0 ? (['FORBIDDEN'] as const) : []),
    ...(route.params ? (['BAD_REQUEST', 'NOT_FOUND'] as const) : []),
    ...(route.query || route.method !== 'get' ? (['BAD_REQUEST'] as const) : []),
    ...(isList(route.query) ? OF_LISTS : []),
    ...(route.body || route.bodies ? OF_BODIES : []),
    ...(takesIdempotencyKey(route) ? OF_IDEMPOTENCY : []),
    ...(route.errors ?? []),
  ]);
  return Map.groupBy(codes, (code) => ERROR_CATALOGUE[code].status);
}

/** A query with a filter and a sort of its own is one of a list. */
function isList(query: z.ZodType | undefined): boolean {
  return query instanceof z.ZodObject && Object.keys(listQuerySchema.shape).every((name) => name in query.shape);
}
