import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { sanitizeJson } from '@gantry/domain/sanitize-json';
import busboy from 'busboy';
import { ApiError } from './api-error.ts';
import { partsLeftOut } from './form-parts.ts';
import { readBody } from './read-body.ts';
import { type JsonBody, readJson } from './read-json.ts';

const FORM_TYPE = /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

const MAX_FIELDS = 100;

/**
 * Reads a body that is JSON, or a form as the object of its fields: texts, the last one of each name. A part that was
 * sent as a file is a text too.
 * @throws ApiError UNSUPPORTED_MEDIA_TYPE, CONTENT_TOO_LARGE, JSON_INVALID or BAD_REQUEST
 */
export async function readJsonOrForm(request: IncomingMessage, maxBytes: number): Promise<JsonBody> {
  if (!FORM_TYPE.test(request.headers['content-type'] ?? '')) return readJson(request, maxBytes);
  const body = await readBody(request, maxBytes);
  const fields = new Map<string, string>();
  let leftOut: ApiError | undefined;
  try {
    const parser = busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { fields: MAX_FIELDS, files: MAX_FIELDS, fieldSize: maxBytes },
    });
    const left = partsLeftOut(parser);
    parser.on('field', (name, value) => fields.set(name, value));
    parser.on('file', (name, stream) => {
      let value = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        value += chunk;
      });
      stream.once('end', () => fields.set(name, value));
      // The parser fails with it.
      stream.once('error', () => {});
    });
    parser.end(body);
    await finished(parser);
    leftOut = left();
  } catch (error) {
    throw new ApiError(
      'BAD_REQUEST',
      `The form cannot be read: ${error instanceof Error ? error.message : 'unknown'}.`,
    );
  }
  if (leftOut) throw leftOut;
  return { value: sanitizeJson(Object.fromEntries(fields)), size: body.length };
}
