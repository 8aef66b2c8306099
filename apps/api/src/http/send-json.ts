import type { ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import { sessionIn } from '../sessions/browser-session.ts';

/** What is smaller fits into a few packets as it is. */
const WORTH_BYTES = 4_096;

/**
 * Ends a response with JSON. For browsers it is compressed, to a tenth of what a page of a list has; programs mostly stand
 * beside the api, where that costs more than it saves.
 */
export function sendJson(response: ServerResponse, contentType: string, body: unknown): void {
  const text = JSON.stringify(body);
  response.setHeader('content-type', `${contentType}; charset=utf-8`);
  if (text.length < WORTH_BYTES) return void response.end(text);
  // A cache keeps the two apart.
  response.appendHeader('vary', 'accept-encoding, cookie');
  const { cookie, 'accept-encoding': encodings = '' } = response.req.headers;
  if (sessionIn(cookie) === undefined || !/\bgzip\b/.test(String(encodings))) return void response.end(text);
  gzip(text, { level: 1 }, (error, compressed) => {
    if (error) return void response.end(text);
    response.setHeader('content-encoding', 'gzip');
    response.end(compressed);
  });
}
