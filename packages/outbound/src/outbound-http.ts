import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type Readable, Transform } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';
import type { AllowList } from './address-rules.ts';
import { OutboundError } from './outbound-error.ts';
import { checkedUrl, isRedirect, type OutboundRequest, redirected, redirectForbidden } from './outbound-request.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESPONSE_BYTES = 10 * 1024 * 1024;
const DEFAULT_MAX_REDIRECTS = 5;

/** Of one host at the same time; others wait for one of these. */
const MAX_CONNECTIONS = 32;

export interface OutboundResponse {
  status: number;
  /** Names in lower case; a header that came more than once is joined with commas. */
  headers: Record<string, string>;
  /** The address that answered, after redirects. */
  url: string;
  /** Is to be read or destroyed. Fails with OUTBOUND_RESPONSE_TOO_LARGE, OUTBOUND_TIMED_OUT, OUTBOUND_UNREACHABLE. */
  body: Readable;
}

/** Sends requests to addresses that users chose: what they may reach is checked where the connection is made. */
export interface OutboundHttp {
  /** Throws OutboundError; the reason of `signal` when that is aborted. Every status is an answer. */
  request(url: string, request?: OutboundRequest): Promise<OutboundResponse>;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

/** @param lookup how names are resolved; default: as the system does */
export function createOutboundHttp(allowed: AllowList, lookup: LookupFunction = systemLookup): OutboundHttp {
  let agent: Promise<Agent> | undefined;
  return {
    async request(url, request = {}) {
      const limit = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      const signal = request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]);
      const failure = (error: unknown) => outboundFailure(error, limit, request.signal);
      try {
        agent ??= openAgent(allowed, lookup);
        const { answer, answered } = await follow(await agent, checkedUrl(url, request.allowedHosts), request, signal);
        const maxBytes = request.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
        return {
          status: answer.statusCode,
          headers: joined(answer.headers),
          url: answered.href,
          body: limitedBody(answer.body, maxBytes, failure),
        };
      } catch (error) {
        throw failure(error);
      }
    },
    close: async () => (await agent)?.destroy(),
  };
}

/** Many send no requests: the library comes with the first one. */
async function openAgent(allowed: AllowList, lookup: LookupFunction): Promise<Agent> {
  const [{ Agent }, { guardedConnector }] = await Promise.all([import('undici'), import('./guarded-connector.ts')]);
  return new Agent({
    connect: guardedConnector(allowed, lookup),
    connections: MAX_CONNECTIONS,
    // The time limit of a request is of all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Sends the request and what its redirects ask for. Every address on the way is checked like the first. */
async function follow(agent: Agent, first: URL, request: OutboundRequest, signal: AbortSignal) {
  const maxRedirects = request.maxRedirects ?? DEFAULT_MAX_REDIRECTS;
  for (let url = first, next = request, redirects = 0; ; redirects += 1) {
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: (next.method ?? 'GET') as Dispatcher.HttpMethod,
      headers: next.headers ?? {},
      body: next.body ?? null,
      signal,
    });
    const location = joined(answer.headers)['location'];
    if (maxRedirects === 0 || !isRedirect(answer.statusCode, location)) return { answer, answered: url };
    answer.body.on('error', () => undefined).destroy();
    if (redirects === maxRedirects) throw redirectForbidden(`after ${maxRedirects} others`);
    const target = checkedUrl(location, request.allowedHosts, url);
    next = redirected(next, answer.statusCode, url, target);
    url = target;
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]);
  return Object.fromEntries(pairs);
}

function limitedBody(body: Readable, maxBytes: number, failure: (error: unknown) => Error): Readable {
  let size = 0;
  const limited = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.byteLength;
      if (size <= maxBytes) return done(null, chunk);
      return done(new OutboundError('OUTBOUND_RESPONSE_TOO_LARGE', `the answer is larger than ${maxBytes} bytes`));
    },
    destroy(error, done) {
      body.destroy();
      done(error);
    },
  });
  // Who looks at the status only is not brought down by a body that breaks.
  limited.on('error', () => undefined);
  body.on('error', (error) => limited.destroy(failure(error)));
  return body.pipe(limited);
}

function outboundFailure(error: unknown, limit: AbortSignal, signal: AbortSignal | undefined): Error {
  if (error instanceof OutboundError) return error;
  if (limit.aborted && error === limit.reason) {
    return new OutboundError('OUTBOUND_TIMED_OUT', 'the answer did not come in time', { cause: error });
  }
  if (signal?.aborted) return signal.reason;
  const message = error instanceof Error ? error.message : String(error);
  const code = isInvalidArgument(error) ? 'OUTBOUND_REQUEST_INVALID' : 'OUTBOUND_UNREACHABLE';
  return new OutboundError(code, message, { cause: error });
}

function isInvalidArgument(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG';
}
