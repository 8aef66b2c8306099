import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json } from '@gantry/domain/json';
import { sanitizeJson } from '@gantry/domain/sanitize-json';
import { readTraceparent } from '@gantry/domain/traceparent';
import { hasLostRace } from '@gantry/record/connection/retry-transaction';
import { inSpan } from '@gantry/service/spans';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { withoutAbsentNulls } from './absent-nulls.ts';
import { ApiError, badInput } from './api-error.ts';
import { authorize } from './caller.ts';
import { checkQueryNames, checkQueryTexts } from './check-query.ts';
import { once, refuseIdempotencyKey, takesIdempotencyKey } from './idempotency.ts';
import { isServerFault, problemOf } from './problem-of.ts';
import { readJson } from './read-json.ts';
import type { Incoming, Reply, Route } from './route.ts';
import { sendJson } from './send-json.ts';

const MAX_BODY_BYTES = 1_048_576;

/** Answers one request by its route: who asks, may they, is it well-formed, do it. Never rejects. */
export async function serveRoute(route: Route, deps: ApiDeps, request: Request, response: Response): Promise<void> {
  const startedAt = performance.now();
  // A client that breaks off is no error of ours, wherever in the request it happens.
  request.on('error', () => {});
  try {
    send(response, await tracedReply(route, deps, request));
  } catch (error) {
    sendProblem(error, deps, request, response);
  }
  deps.metrics.observeRequest(route, response.statusCode, performance.now() - startedAt);
}

/** What a request asks for belongs into the trace that it names. */
function tracedReply(route: Route, deps: ApiDeps, request: Request): Promise<Reply> {
  const parent = readTraceparent(request.headers['traceparent']);
  const attributes = { 'http.request.method': request.method, 'http.route': route.path };
  return inSpan(`${request.method} ${route.path}`, { parent, kind: 'request', attributes }, (traceparent) =>
    replyTo(route, deps, request, traceparent),
  );
}

async function replyTo(route: Route, deps: ApiDeps, request: Request, traceparent: string | null): Promise<Reply> {
  const caller = await deps.keys.verify(request.headers, request.ip, request.method);
  deps.rateLimiter.take(caller.keyId, performance.now());
  authorize(caller, route.scopes);
  const params = route.params?.safeParse(request.params);
  // Postgres takes no text with U+0000 in it, not even to look for it: nothing has such a name, nor is given one.
  const nameable = sanitizeJson(request.params) === request.params;
  if (params?.success === false || !nameable) throw new ApiError('NOT_FOUND', `There is nothing at ${request.path}.`);
  checkQueryNames(route, Object.keys(request.query));
  checkQueryTexts(route, request);
  const query = route.query && check(route.query, sanitizeJson(request.query as Json), 'query');
  const json = route.body && (await readJson(request, route.maxBodyBytes ?? MAX_BODY_BYTES));
  const body = route.body && check(route.body, withoutAbsentNulls(route.body, json?.value ?? {}), 'body');
  const incoming = { caller, params: params?.data, query, body, traceparent, request };
  if (route.secretAnswer) refuseIdempotencyKey(request);
  if (route.method === 'get') return deps.readShares.run(caller.organizationId, () => route.handle(incoming, deps));
  // Those that read bodies themselves know what tells one from another.
  if (route.bodies) return route.handle(incoming, deps);
  if (!takesIdempotencyKey(route)) return write(route, incoming, deps);
  return once(deps, incoming, json?.value, () => write(route, incoming, deps));
}

/** What a write refers to may be removed while it is under way: done once more, it finds that it is not there. */
async function write(route: Route, incoming: Incoming<unknown, unknown, unknown>, deps: ApiDeps): Promise<Reply> {
  try {
    return await route.handle(incoming, deps);
  } catch (error) {
    if (!hasLostRace(error)) throw error;
    return route.handle(incoming, deps);
  }
}

function check(schema: z.ZodType, value: unknown, within: string): unknown {
  const result = schema.safeParse(value);
  if (!result.success) throw badInput(result.error, within);
  return result.data;
}

/** What a request is answered whose body hardly comes. */
export function refuseSlowBody(deps: ApiDeps, request: IncomingMessage, response: ServerResponse): void {
  sendProblem(new ApiError('REQUEST_TIMEOUT', 'The body came too slowly.'), deps, request, response);
}

export function sendProblem(error: unknown, deps: ApiDeps, request: IncomingMessage, response: ServerResponse): void {
  const path = wholePath(request);
  const answer = problemOf(error, path);
  const { status } = answer.problem;
  if (isServerFault(answer)) {
    const { method } = request;
    // Something the api needs is away: every request says so, and where in the code tells nothing.
    if (status === 503) deps.logger.warn({ reason: String(error), method, path }, 'not available');
    else deps.logger.error({ err: error, method, path }, 'request failed');
  }
  send(response, { status, body: answer.problem, headers: answer.headers }, 'application/problem+json');
}

/** Routers that are mounted at a path cut it off. */
function wholePath(request: IncomingMessage & { originalUrl?: string }): string {
  const url = request.originalUrl ?? request.url ?? '';
  return url.split('?', 1)[0] ?? url;
}

function send(
  response: ServerResponse,
  { status, body, headers, stream }: Reply,
  contentType = 'application/json',
): void {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  for (const name in headers) response.setHeader(name, headers[name] ?? '');
  if (stream && response.req.method !== 'HEAD') {
    response.flushHeaders();
    stream(response);
    return;
  }
  if (body === undefined) {
    response.end();
    return;
  }
  sendJson(response, contentType, body);
}
