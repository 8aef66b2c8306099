import { problemSchema } from '@gantry/contracts/http/problem';
import type { z } from 'zod';

const ANSWER_LIMIT_MS = 30_000;

/** The api refused a request; the message says what and why. */
class ApiRefusal extends Error {
  override name = 'ApiRefusal';
  readonly code: string;

  constructor(request: string, status: number, code: string, detail: string) {
    super(`${request}: ${status} ${code}: ${detail}`);
    this.code = code;
  }
}

/** A client of the HTTP API, like any other: answers are parsed by the schemas of the contract. */
export class ApiClient {
  readonly url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.#key = key;
  }

  /** @param path with its query. Throws an ApiRefusal when the answer is not a success. */
  get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#send('GET', path, schema);
  }

  post<T>(path: string, body: object | FormData, schema: z.ZodType<T>): Promise<T> {
    return this.#send('POST', path, schema, body);
  }

  put<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#send('PUT', path, schema);
  }

  async #send<T>(method: string, path: string, schema: z.ZodType<T>, body?: object | FormData): Promise<T> {
    const json = body !== undefined && !(body instanceof FormData);
    const response = await fetch(this.url + path, {
      method,
      headers: { 'x-api-key': this.#key, ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as FormData) }),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const answer: unknown = await response.json();
    if (response.ok) return schema.parse(answer);
    const { data } = problemSchema.safeParse(answer);
    throw new ApiRefusal(`${method} ${path}`, response.status, data?.code ?? '', data?.detail ?? '');
  }
}
