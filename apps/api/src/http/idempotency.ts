import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Json } from '@gantry/domain/json';
import { claimKey, giveKeyBack, type KeyedRequest, keepAnswer } from '@gantry/record/idempotency/idempotency-keys';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError, badField } from './api-error.ts';
import type { Caller } from './caller.ts';
import type { Reply, Route } from './route.ts';

const HEADER = 'Idempotency-Key';
const MAX_LENGTH = 200;

/** Whether a route does what it does once for each key: those that create something, and whose answer may be kept. */
export function takesIdempotencyKey({ method, body, bodies, secretAnswer, headers = {} }: Route): boolean {
  return method === 'post' && (body ?? bodies) !== undefined && !secretAnswer && !(HEADER in headers);
}

/** What OpenAPI says of the header. */
export const IDEMPOTENCY_HEADER = {
  [HEADER]: 'Sent again with the same key within 24 hours, a request is not done again but answered as it was.',
};

/** @throws ApiError BAD_REQUEST */
export function idempotencyKey({ headers }: IncomingMessage): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined || key === '') return null;
  if (typeof key !== 'string' || key.length > MAX_LENGTH) {
    throw badField(HEADER, `expected one text of at most ${MAX_LENGTH} characters`);
  }
  return key;
}

/** @throws ApiError BAD_REQUEST for a route that would have to keep the secret it answers with */
export function refuseIdempotencyKey(request: IncomingMessage): void {
  if (idempotencyKey(request) === null) return;
  throw badField(HEADER, 'is not taken here: the answer has a secret in it, which is not kept');
}

export function keyReused(): ApiError {
  const message = 'was sent with another request before';
  return new ApiError('IDEMPOTENCY_KEY_REUSED', `${HEADER}: ${message}`, { errors: { [HEADER]: message } });
}

/**
 * Does something once for each key that clients send. Whatever fails may be sent again; of an api that died in between
 * nobody knows what it did, and after a minute the request is done again.
 * @param asked what tells this request from others, besides its path
 * @throws ApiError IDEMPOTENCY_KEY_REUSED or IDEMPOTENCY_KEY_IN_USE
 */
export async function once<Body>(
  { db, logger }: Pick<ApiDeps, 'db' | 'logger'>,
  { caller, request }: { caller: Caller; request: IncomingMessage & { originalUrl?: string } },
  asked: unknown,
  work: () => Promise<Reply<Body>>,
): Promise<Reply<Body>> {
  const key = idempotencyKey(request);
  if (key === null) return work();
  const url = request.originalUrl ?? request.url;
  const digest = createHash('sha256')
    .update(JSON.stringify([request.method, url, asked]))
    .digest();
  const keyed: KeyedRequest = { organizationId: caller.organizationId, key, request: digest };
  const claimed = await claimKey(db, keyed);
  switch (claimed.outcome) {
    case 'answered':
      // It is what `work` answered then.
      return { ...claimed.answer, headers: { 'idempotent-replayed': 'true' } } as Reply<unknown> as Reply<Body>;
    case 'other-request':
      throw keyReused();
    case 'under-way':
      throw new ApiError('IDEMPOTENCY_KEY_IN_USE', `${HEADER}: a request with it is under way.`, {
        headers: { 'retry-after': '1' },
      });
    case 'claimed':
  }
  try {
    const reply = await work();
    // What was done is done: that its answer cannot be given again is no reason to say that it failed.
    await keepAnswer(db, claimed.claim, keyed, { status: reply.status, body: reply.body as Json }).catch((error) =>
      logger.warn({ err: error }, 'the answer of a request with an Idempotency-Key could not be kept'),
    );
    return reply;
  } catch (error) {
    await giveKeyBack(db, claimed.claim, keyed).catch((late) =>
      logger.warn({ err: late }, 'an Idempotency-Key could not be given back: it is free in a minute'),
    );
    throw error;
  }
}
