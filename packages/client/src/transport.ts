import { delay } from './delay.ts';
import { GantryError, refusal } from './gantry-error.ts';
import { DEFAULT_RETRY, pauseMs, type RetryPolicy, readRetryAfter } from './retry.ts';

export interface TransportOptions {
  /** Where the api is, such as `http://127.0.0.1:3000`; empty for a page that the api itself serves. */
  url: string;
  /** Without it calls rely on the session cookie that the browser sends. */
  apiKey?: string | undefined;
  fetch?: typeof fetch;
  retry?: Partial<RetryPolicy>;
  /** How long an answer may take. */
  timeoutMs?: number;
}

/** What every call can be given. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
}

type QueryValue = string | number | boolean | undefined | readonly string[];

interface ApiRequest extends CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON, forms as they are. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Doing it twice is doing it once, so it is repeated too when no answer came. Reading always is. */
  repeatable?: boolean;
  /** 0: the answer may take for ever. */
  timeoutMs?: number;
  /** Calls in all, when fewer than usual. */
  attempts?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Nothing was accepted: trying again is safe, whatever the call does. */
const TRY_AGAIN = [429, 503];

/** A page of the api's own origin needs none. */
function checkedUrl(url: string | undefined): string {
  if (url !== undefined && (url === '' || url.startsWith('/') || /^https?:\/\/[^/]/i.test(url))) return url;
  throw new TypeError(`url: expected the address of a Gantry, such as http://127.0.0.1:3000, found ${url}`);
}

/** Calls the api, again when it says so, and tells what went wrong as a GantryError. */
export class Transport {
  readonly #url: string;
  readonly #apiKey: string | undefined;
  readonly #fetch: typeof fetch;
  readonly #retry: RetryPolicy;
  readonly #timeoutMs: number;

  constructor({
    url,
    apiKey,
    fetch = (...call) => globalThis.fetch(...call),
    retry,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  }: TransportOptions) {
    this.#url = checkedUrl(url).replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#fetch = fetch;
    this.#retry = { ...DEFAULT_RETRY, ...retry };
    this.#timeoutMs = timeoutMs;
  }

  /**
   * The JSON of a successful answer, undefined if it is empty.
   * @throws GantryError, or the signal's reason
   */
  async json<Answer>(request: ApiRequest): Promise<Answer> {
    const response = await this.send(request);
    const text = await response.text().catch((error: unknown) => {
      request.signal?.throwIfAborted();
      throw noAnswer(nameOf(request), error);
    });
    try {
      return (text === '' ? undefined : JSON.parse(text)) as Answer;
    } catch (cause) {
      const { status } = response;
      throw new GantryError('UNEXPECTED_ANSWER', `${nameOf(request)} was not answered with JSON.`, { status, cause });
    }
  }

  /**
   * A successful answer, its body not read yet.
   * @throws GantryError, or the signal's reason
   */
  async send(request: ApiRequest): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const { response, error, retryAfterMs } = await this.#attempt(request);
      if (response !== undefined) return response;
      const again = TRY_AGAIN.includes(error.status) || (error.code === 'NO_ANSWER' && isRepeatable(request));
      const policy = { ...this.#retry, attempts: request.attempts ?? this.#retry.attempts };
      const ms = again ? pauseMs(policy, attempt, retryAfterMs, Math.random()) : undefined;
      if (ms === undefined) throw error;
      await delay(ms, request.signal);
    }
  }

  async #attempt(request: ApiRequest): Promise<Attempt> {
    const { method = 'GET', path, query = {}, signal, timeoutMs = this.#timeoutMs } = request;
    try {
      const response = await this.#fetch(`${this.#url}${path}${queryText(query)}`, {
        method,
        headers: { ...keyHeader(this.#apiKey), ...contentType(request.body), ...request.headers },
        ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
        signal: withTimeout(signal, timeoutMs),
      });
      if (response.ok) return { response };
      const error = refusal(response.status, await response.text(), nameOf(request));
      return { error, retryAfterMs: readRetryAfter(response.headers.get('retry-after'), Date.now()) };
    } catch (error) {
      signal?.throwIfAborted();
      return { error: noAnswer(nameOf(request), error) };
    }
  }
}

type Attempt =
  | { response: Response; error?: never; retryAfterMs?: never }
  | { response?: never; error: GantryError; retryAfterMs?: number | undefined };

/** A signal made of others costs as much as sending a request does: one alone is taken as it is. */
function withTimeout(signal: AbortSignal | undefined, timeoutMs: number): AbortSignal | null {
  if (timeoutMs === 0) return signal ?? null;
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

function isRepeatable({ method = 'GET', repeatable = method === 'GET' }: ApiRequest): boolean {
  return repeatable;
}

function nameOf({ method = 'GET', path }: ApiRequest): string {
  return `${method} ${path}`;
}

function queryText(query: Readonly<Record<string, QueryValue>>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) if (each !== undefined) pairs.append(name, String(each));
  }
  return pairs.size === 0 ? '' : `?${pairs}`;
}

function keyHeader(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { 'x-api-key': apiKey };
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' };
}

function bodyOf(body: unknown): string | FormData {
  return body instanceof FormData ? body : JSON.stringify(body);
}

function noAnswer(request: string, cause: unknown): GantryError {
  const reason = cause instanceof Error ? causeText(cause) : String(cause);
  return new GantryError('NO_ANSWER', `${request} was not answered: ${reason}`, { cause });
}

/** fetch() hides why in its error's cause. */
function causeText(error: Error): string {
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
