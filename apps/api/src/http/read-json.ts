import type { IncomingMessage } from 'node:http';
import type { Json } from '@gantry/domain/json';
import { sanitizeJson } from '@gantry/domain/sanitize-json';
import { ApiError } from './api-error.ts';

/** Deeper values would overflow the stack of whoever walks through them, Postgres included. */
const MAX_DEPTH = 100;

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
  const text = await readBody(request, maxBytes);
  if (text.length === 0) return { value: undefined, size: 0 };
  checkHeaders(request);
  let value: Json;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw new ApiError('JSON_INVALID', `The body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (isDeeperThan(MAX_DEPTH, value)) {
    throw new ApiError('JSON_INVALID', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  }
  return { value: sanitizeJson(value), size: text.length };
}

function checkHeaders({ headers }: IncomingMessage): void {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body without a content-encoding.');
  }
}

/** A body that is too large is refused at once; what still comes of it is thrown away. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new ApiError('CONTENT_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    request.resume();
    return Promise.reject(tooLarge());
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('aborted', () => reject(new ApiError('BAD_REQUEST', 'The request was broken off.')));
  });
}

function isDeeperThan(depth: number, value: Json): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (depth === 0) return true;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeperThan(depth - 1, item)) return true;
  }
  return false;
}
