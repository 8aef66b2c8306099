import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Json } from '@gantry/domain/json';
import { ApiError } from './api-error.ts';
import { parseJson, utf8Text } from './parse-json.ts';
import { readBody } from './read-body.ts';

const JSON_TYPE = /^(?:application\/(?:[\w.-]+\+)?json|text\/json)$/;

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
  if (!isJsonType(mediaType(request))) {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
  }
  return { value: parseJson(bodyText(request, body), 'The body'), size: body.length };
}

const UTF8 = /^(?:utf-?8|(?:us-)?ascii)?$/i;

/**
 * The text of a body, which is UTF-8: read as what it is not, it would become another text, except where it is ASCII.
 * @throws ApiError UNSUPPORTED_MEDIA_TYPE when the content type names another charset; JSON_INVALID
 */
export function bodyText({ headers }: IncomingMessage, body: Buffer): string {
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))/i.exec(headers['content-type'] ?? '');
  if (charset !== null && !UTF8.test(charset[1] ?? charset[2] ?? '') && !isAscii(body)) {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body in UTF-8.');
  }
  return utf8Text(body, 'The body');
}

/** The content type without its parameters, in lower case; empty when none is said. */
export function mediaType({ headers }: IncomingMessage): string {
  return mediaTypeOf(headers['content-type'] ?? '');
}

export function mediaTypeOf(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** A body of no content type is taken for JSON: simple clients send none. */
export function isJsonType(type: string): boolean {
  return type === '' || JSON_TYPE.test(type);
}
