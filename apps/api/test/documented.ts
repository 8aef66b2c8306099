import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect } from 'vitest';
import { answerMismatch } from './answer-check.ts';

const mismatches: string[] = [];

// Registered in every file that starts an api.
afterEach(() => {
  expect(mismatches.splice(0), 'answers that are not as the OpenAPI document says').toEqual([]);
});

/** A handler each of whose answers is compared with the OpenAPI document: a test that sees another answer fails. */
export function documented(handler: RequestListener): RequestListener {
  return (request, response) => {
    // As it came: routers that are mounted at a path cut the path off.
    const { method = '', url = '' } = request;
    onAnswer(response, (body) => {
      const seen = {
        method,
        url,
        route: routeOf(request),
        status: response.statusCode,
        headers: response.getHeaders(),
      };
      const wrong = answerMismatch({ ...seen, body });
      if (wrong !== undefined) mismatches.push(wrong);
    });
    handler(request, response);
  };
}

/** Calls back with the whole body right before its end is sent, so before any client has seen it all. */
function onAnswer(response: ServerResponse, callback: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as Uint8Array));
  };
  response.write = new Proxy(response.write, {
    apply(write, self, args) {
      keep(args[0]);
      return Reflect.apply(write, self, args);
    },
  });
  response.end = new Proxy(response.end, {
    apply(end, self, args) {
      keep(args[0]);
      const bytes = Buffer.concat(chunks);
      const isCompressed = response.getHeader('content-encoding') === 'gzip';
      callback((isCompressed ? gunzipSync(bytes) : bytes).toString());
      return Reflect.apply(end, self, args);
    },
  });
}

/** Express notes the route on the request. */
function routeOf(request: IncomingMessage): string | undefined {
  return (request as { route?: { path?: string } }).route?.path;
}
