import type { Readable } from 'node:stream';
import { matchesHost } from './host-pattern.ts';
import { OutboundError } from './outbound-error.ts';

export interface OutboundRequest {
  /** Default: GET. */
  method?: string;
  headers?: Record<string, string>;
  /** A stream is sent once: a redirect that would send it again is refused. */
  body?: string | Uint8Array | Readable;
  /** Names, or `*.` and a name: where the request and its redirects may go. Default: everywhere. */
  allowedHosts?: readonly string[];
  /** For all of it, to the last byte of the answer. Default: 30 s. */
  timeoutMs?: number;
  /** Default: 10 MiB. */
  maxResponseBytes?: number;
  /** Default: 5. With 0 a redirect is an answer like any other. */
  maxRedirects?: number;
  signal?: AbortSignal;
}

/** @throws OUTBOUND_REQUEST_INVALID, OUTBOUND_HOST_FORBIDDEN */
export function checkedUrl(text: string, allowedHosts: OutboundRequest['allowedHosts'], base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw invalid('expected a URL that begins with http');
  if (url.username || url.password) throw invalid('a URL with a user name or password; send them in a header');
  if (allowedHosts !== undefined && !matchesHost(allowedHosts, url.hostname)) {
    throw new OutboundError('OUTBOUND_HOST_FORBIDDEN', `${url.hostname}: not among the allowed hosts`);
  }
  return url;
}

function invalid(message: string): OutboundError {
  return new OutboundError('OUTBOUND_REQUEST_INVALID', message);
}

const REDIRECTS = [301, 302, 303, 307, 308];

export function isRedirect(status: number, location: string | undefined): location is string {
  return location !== undefined && REDIRECTS.includes(status);
}

/** What may be told to a host that the request was not made for. */
const HARMLESS_HEADERS = ['accept', 'accept-language', 'content-type', 'user-agent'];

/** The request that follows a redirect from `from` to `to`; throws OUTBOUND_REDIRECT_FORBIDDEN. */
export function redirected(request: OutboundRequest, status: number, from: URL, to: URL): OutboundRequest {
  if (from.protocol === 'https:' && to.protocol === 'http:') throw redirectForbidden('from https to http');
  const { method = 'GET', body, ...rest } = request;
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const kept = headers.filter(([name]) => from.origin === to.origin || HARMLESS_HEADERS.includes(name));
  const asGet = status === 303 ? method !== 'HEAD' : status <= 302 && method === 'POST';
  if (asGet) {
    const withoutBody = kept.filter(([name]) => !name.startsWith('content-'));
    return { ...rest, method: 'GET', headers: Object.fromEntries(withoutBody) };
  }
  if (body === undefined) return { ...rest, method, headers: Object.fromEntries(kept) };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    return { ...rest, method, body, headers: Object.fromEntries(kept) };
  }
  throw redirectForbidden('of a body that can be sent only once');
}

export function redirectForbidden(which: string): OutboundError {
  return new OutboundError('OUTBOUND_REDIRECT_FORBIDDEN', `the answer is a redirect ${which}`);
}
