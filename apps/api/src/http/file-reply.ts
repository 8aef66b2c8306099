import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ByteRange, ContentStore } from '@gantry/contents/content-store';
import { create as disposition } from 'content-disposition';
import parseRange from 'range-parser';
import { ApiError } from './api-error.ts';
import type { Reply } from './route.ts';

/** A browser shows these without running anything; all others it may only save. */
const SHOWN = new Set(['application/pdf', 'image/png', 'image/jpeg', 'text/plain']);

const MEDIA_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}$/;

/** Whatever the bytes are, they get no script, no origin and nothing from elsewhere. */
const POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/**
 * Stored bytes as a file: whole, the range that is asked for, or nothing when the client has them already. They are what
 * somebody uploaded or a module made, so a browser must never take them for a page of ours.
 * @throws ApiError RANGE_NOT_SATISFIABLE; ContentError CONTENT_NOT_FOUND
 */
export async function fileReply(
  { headers }: IncomingMessage,
  content: ContentStore,
  ref: string,
): Promise<Reply<undefined>> {
  const about = await content.describe(ref);
  const { size } = about;
  const contentType = MEDIA_TYPE.test(about.contentType) ? about.contentType : 'application/octet-stream';
  const etag = `"${about.sha256}"`;
  const common = {
    etag,
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
    'content-security-policy': POLICY,
  };
  if (names(headers['if-none-match'], etag)) return { status: 304, body: undefined, headers: common };

  const ifRange = headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? rangeOf(headers.range, size) : undefined;
  const { start, end } = range ?? { start: 0, end: size - 1 };
  return {
    status: range === undefined ? 200 : 206,
    body: undefined,
    headers: {
      ...common,
      'content-type': contentType,
      'content-disposition': disposition(fileName(about.name), {
        type: SHOWN.has(contentType) ? 'inline' : 'attachment',
      }),
      'content-length': String(end - start + 1),
      ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
    },
    stream: (response) => sendContent(response, content, ref, range),
  };
}

/** Streams stored bytes as the body of an answer; if they break off, so does the answer. */
export function sendContent(response: ServerResponse, content: ContentStore, ref: string, range?: ByteRange): void {
  content
    .openRead(ref, range)
    .then((bytes) => pipeline(bytes, response))
    .catch(() => response.destroy());
}

/** Of several ranges, which few ask for, none is given: the whole file is a right answer too. */
function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const ranges = parseRange(size, header);
  if (ranges === -1) {
    throw new ApiError('RANGE_NOT_SATISFIABLE', `There are ${size} bytes.`, {
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  return ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1 ? undefined : ranges[0];
}

/** Whether `If-None-Match` names the content; compared weakly, as it is defined. */
function names(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

function fileName(name: string | undefined): string | undefined {
  return name?.split(/[/\\]/).at(-1) || undefined;
}
