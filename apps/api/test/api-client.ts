import { expect } from 'vitest';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** Talks to a running api as any client would. */
export class ApiClient {
  readonly url: string;
  readonly key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.key = key;
  }

  /** What an answer is typed as is up to the test: the api under test has checked it against its route. */
  async send<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-api-key': this.key, ...json, ...headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return answerOf(response);
  }

  get<Body = unknown>(path: string): Promise<Answer<Body>> {
    return this.send<Body>('GET', path);
  }

  post<Body = unknown>(path: string, body: unknown): Promise<Answer<Body>> {
    return this.send<Body>('POST', path, body);
  }

  put<Body = unknown>(path: string, body?: unknown): Promise<Answer<Body>> {
    return this.send<Body>('PUT', path, body);
  }

  delete<Body = unknown>(path: string): Promise<Answer<Body>> {
    return this.send<Body>('DELETE', path);
  }

  async upload<Body = unknown>(path: string, form: FormData): Promise<Answer<Body>> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': this.key },
      body: form,
    });
    return answerOf(response);
  }

  /** The body of an answer that must have this status. */
  async made<Body = unknown>(path: string, body: unknown, status = 201): Promise<Body> {
    const answer = await this.post<Body>(path, body);
    expect(answer, path).toMatchObject({ status });
    return answer.body;
  }
}

async function answerOf<Body>(response: Response): Promise<Answer<Body>> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** What a problem answer must be, whatever else it says. */
export function problemWith(status: number, code: string, more: object = {}) {
  return { status, body: { status, code, type: `urn:gantry:error:${code}`, ...more } };
}
