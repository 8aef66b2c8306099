import type { IncomingMessage } from 'node:http';
import type { Json } from '@gantry/domain/json';
import { ApiError } from './api-error.ts';
import { parseJson } from './parse-json.ts';
import { readBody } from './read-body.ts';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

export interface JsonBody {
  /** Undefined for an empty body. */
  value: Json | undefined;
  /** Bytes on the wire. */
  size: number;
}

/**
 * Reads a JSON body, with what Postgres cannot store replaced.
 * @throws ApiError UNSUPPORTED_MEDIA_TYPE, CONTENT_TOO_LARGE or JSON_INVALID
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<JsonBody> {
  const body = await readBody(request, maxBytes);
  if (body.length === 0) return { value: undefined, size: 0 };
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
  }
  return { value: parseJson(body.toString('utf8'), 'The body'), size: body.length };
}
