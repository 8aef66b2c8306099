import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ContentError, type ContentStore, type StoredContent } from '@gantry/contents/content-store';
import { sanitizeJson } from '@gantry/domain/sanitize-json';
import busboy, { type Busboy, type FileInfo } from 'busboy';
import { ApiError, badField } from '../http/api-error.ts';
import { partsLeftOut } from '../http/form-parts.ts';
import { SNIFFED_BYTES, sniffContentType } from './sniff-content-type.ts';

/** A multipart form with one file, whose bytes are in the content store. */
export interface Upload {
  content: StoredContent;
  fileName: string | null;
  contentType: string;
  /** The values of each form field, in order. */
  fields: ReadonlyMap<string, readonly string[]>;
}

/** What a form has besides the bytes of its file. */
const FORM_BYTES = 2_097_152;
const LIMITS = { files: 5, fields: 300, fieldSize: 262_144, parts: 305 };

type KeptFile = Omit<Upload, 'fields'> & { complete: boolean };

/**
 * Reads a form, its file straight into the content store. Whatever goes wrong, nothing of it stays there.
 * @throws ApiError UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST or CONTENT_TOO_LARGE
 */
export async function readUpload(request: IncomingMessage, store: ContentStore, maxBytes: number): Promise<Upload> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + FORM_BYTES) {
    request.resume();
    throw tooLarge(maxBytes);
  }
  const parser = createParser(request, maxBytes);
  const leftOut = partsLeftOut(parser);
  const fields = new Map<string, string[]>();
  let file: Promise<KeptFile> | undefined;
  let severalFiles = false;
  parser.on('field', (name, value) => {
    fields.set(name, [...(fields.get(name) ?? []), sanitizeJson(value)]);
  });
  parser.on('file', (name, stream, info) => {
    // A request that breaks off fails this stream too, perhaps before anybody reads from it.
    stream.on('error', () => {});
    if (name !== 'file' || file !== undefined) {
      severalFiles ||= name === 'file';
      stream.resume();
      return;
    }
    file = keep(stream, info, store);
    // Awaited below; until then a failure must not count as unhandled.
    file.catch(() => {});
  });

  const broken = await pipeline(request, parser).then(
    () => undefined,
    (error: unknown) => badForm(error),
  );
  const kept = await file?.catch((error: unknown) => {
    throw broken ?? contentProblem(error, maxBytes);
  });
  const refusal =
    broken ??
    leftOut() ??
    (kept?.complete === false ? tooLarge(maxBytes) : undefined) ??
    (severalFiles ? badField('file', 'expected one part of that name, not several') : undefined);
  if (refusal) {
    if (kept) await store.delete(kept.content.ref);
    throw refusal;
  }
  if (kept === undefined) throw badField('file', 'expected a form with a part of that name');
  return { content: kept.content, fileName: kept.fileName, contentType: kept.contentType, fields };
}

function createParser(request: IncomingMessage, maxBytes: number): Busboy {
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the file as multipart/form-data.');
  }
  try {
    return busboy({
      headers: request.headers,
      // As bytes: what no charset is said of is decoded below, losing nothing.
      defParamCharset: 'latin1',
      // One byte more, so that a file of exactly the limit is not taken for a longer one.
      limits: { ...LIMITS, fileSize: maxBytes + 1 },
    });
  } catch (error) {
    throw badForm(error);
  }
}

async function keep(
  stream: Readable & { truncated?: boolean },
  info: FileInfo,
  store: ContentStore,
): Promise<KeptFile> {
  // Some clients leave the name out; busboy's types do not know.
  const bytes: string | undefined = info.filename;
  try {
    const { head, whole } = await peek(stream.iterator({ destroyOnReturn: false }));
    const contentType = await sniffContentType(head, info.mimeType);
    const about = { contentType, ...(bytes ? { name: sanitizeJson(decoded(bytes)) } : {}) };
    const content = await store.write(whole, about);
    return { content, fileName: about.name ?? null, contentType: about.contentType, complete: !stream.truncated };
  } catch (error) {
    // The rest of the form must still be read, or the client never gets to hear of it.
    stream.resume();
    throw error;
  }
}

/** The first bytes of a stream, and all of them. */
async function peek(bytes: AsyncIterator<Uint8Array>) {
  const first: Uint8Array[] = [];
  for (let length = 0; length < SNIFFED_BYTES; ) {
    const { done, value } = await bytes.next();
    if (done) break;
    first.push(value);
    length += value.byteLength;
  }
  async function* whole() {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => bytes };
  }
  return { head: Buffer.concat(first), whole: whole() };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A name whose bytes are UTF-8, as a rule; those that are not are Latin-1, so that two names stay two. */
function decoded(bytes: string): string {
  // One that came with its charset is decoded already.
  if (/[^\0-\xff]/.test(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}

function badForm(error: unknown): ApiError {
  return new ApiError('BAD_REQUEST', `The form cannot be read: ${error instanceof Error ? error.message : 'unknown'}.`);
}

function contentProblem(error: unknown, maxBytes: number): unknown {
  return error instanceof ContentError && error.code === 'CONTENT_TOO_LARGE' ? tooLarge(maxBytes) : error;
}

function tooLarge(maxBytes: number): ApiError {
  return new ApiError('CONTENT_TOO_LARGE', `A file is at most ${maxBytes} bytes.`);
}
