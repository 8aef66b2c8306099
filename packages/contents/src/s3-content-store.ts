import { randomUUID } from 'node:crypto';
import { PassThrough, pipeline, Readable } from 'node:stream';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { checkBytes, checkedStream, MeasuredBytes } from './checked-bytes.ts';
import {
  type ByteRange,
  type ContentAbout,
  type ContentCredentials,
  type ContentStores,
  checkOrganizationId,
  contentIdFor,
  contentNotFound,
  contentOwner,
  contentTooLarge,
  contentUnavailable,
  DEFAULT_MAX_BYTES,
  formatContentRef,
  type ListedContent,
  type S3Bucket,
  type StoredContent,
} from './content-store.ts';

interface S3Options {
  credentials?: (() => Promise<ContentCredentials>) | undefined;
  maxBytes?: number;
}

/** What is kept in memory of a content that is written: so many parts of this size. A content has 10,000 at most. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const CONNECT_LIMIT_MS = 5_000;
/** Without a byte in either direction. */
const SILENCE_LIMIT_MS = 30_000;
/** Of the names in one answer of a server; a content has two. */
const NAMES = 1_000;

type Description = ContentAbout & Omit<StoredContent, 'ref'>;

/**
 * Content in a bucket of an S3 server: `<prefix><organization>/<uuid>`, with what is known of it beside it in
 * `<uuid>.json`, which is written when the bytes are whole and makes them a content.
 */
export function createS3ContentStore(place: S3Bucket, options: S3Options = {}): ContentStores {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  const { bucket: Bucket, prefix } = place;
  let opened: Promise<Opened> | undefined;
  const open = () => (opened ??= openClient(place, options));
  const keyOf = (organizationId: string, id: string) => `${prefix}${organizationId}/${id}`;
  const get = async (ref: string, Key: string, range?: ByteRange) => {
    const { client, sdk } = await open();
    const Range = range && `bytes=${range.start}-${range.end}`;
    return bodyOf(await found(ref, client.send(new sdk.GetObjectCommand({ Bucket, Key, Range }))));
  };

  return {
    place: { kind: 's3', ...place },

    async credentials() {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await (
        await open()
      ).client.config.credentials();
      return {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
        ...(expiration !== undefined && { expiresAt: expiration.getTime() }),
      };
    },

    forOrganization(organizationId) {
      checkOrganizationId(organizationId);
      const keyOfRef = (ref: string) => keyOf(organizationId, contentIdFor(organizationId, ref));
      const describe = async (ref: string): Promise<Description> => {
        const text = await textOf(await get(ref, `${keyOfRef(ref)}.json`));
        return JSON.parse(text);
      };
      return {
        async write(content, about, limits = {}) {
          const id = randomUUID();
          const key = keyOf(organizationId, id);
          const { signal } = limits;
          const bytes = new MeasuredBytes(content, Math.min(limits.maxBytes ?? maxBytes, maxBytes), signal);
          const { client, sdk } = await open();
          try {
            await upload(client, { Bucket, Key: key, ContentType: about.contentType }, bytes, signal);
            const written = bytes.sum();
            const Body = JSON.stringify({ ...about, ...written });
            await client.send(
              new sdk.PutObjectCommand({ Bucket, Key: `${key}.json`, Body, ContentType: 'application/json' }),
            );
            return { ref: formatContentRef(organizationId, id), ...written };
          } catch (error) {
            if (bytes.failure !== undefined) throw bytes.failure;
            signal?.throwIfAborted();
            throw contentUnavailable(error);
          }
        },
        async read(ref, limits = {}) {
          const { size, sha256 } = await describe(ref);
          const limit = limits.maxBytes ?? maxBytes;
          if (size > limit) throw contentTooLarge(limit);
          const bytes = Buffer.concat(await (await get(ref, keyOfRef(ref))).toArray());
          checkBytes(bytes, sha256, ref);
          return bytes;
        },
        async openRead(ref, range) {
          const { sha256 } = await describe(ref);
          const bytes = await get(ref, keyOfRef(ref), range);
          return range === undefined ? checkedStream(bytes, sha256, ref) : bytes;
        },
        describe,
        async delete(ref) {
          const key = keyOfRef(ref);
          const { client, sdk } = await open();
          for (const Key of [`${key}.json`, key]) {
            await client.send(new sdk.DeleteObjectCommand({ Bucket, Key })).catch((error) => {
              throw contentUnavailable(error);
            });
          }
        },
      };
    },

    async list(after, limit) {
      const { client, sdk } = await open();
      // What follows the description of a content is the next content.
      const StartAfter = after === null ? undefined : `${keyOf(contentOwner(after), idOf(after))}.json`;
      const MaxKeys = Math.min(limit * 2, NAMES);
      const request = new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix, StartAfter, MaxKeys });
      const { Contents = [] } = await client.send(request).catch((error) => {
        throw contentUnavailable(error);
      });
      const listed = new Map<string, ListedContent>();
      for (const { Key = '', Size = 0, LastModified = new Date() } of Contents) {
        const [, organizationId = '', id = '', description] =
          /^([^/]+)\/([0-9a-f-]{36})(\.json)?$/.exec(Key.slice(prefix.length)) ?? [];
        if (id === '') continue;
        const ref = formatContentRef(organizationId, id);
        const size = description === undefined ? Size : 0;
        listed.set(ref, listed.get(ref) ?? { ref, size, writtenAt: LastModified });
      }
      return [...listed.values()].slice(0, limit);
    },

    async sweepUnfinished(olderThanMs) {
      const { client, sdk } = await open();
      const { Uploads = [] } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: prefix }));
      for (const { Key, UploadId, Initiated = new Date() } of Uploads) {
        if (Date.now() - Initiated.getTime() <= olderThanMs) continue;
        await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      }
    },
  };
}

interface Opened {
  client: S3Client;
  sdk: typeof import('@aws-sdk/client-s3');
}

/** The library is loaded by the first who needs it: most processes of modules never do. */
async function openClient({ region, endpoint, pathStyle }: S3Bucket, { credentials }: S3Options): Promise<Opened> {
  const sdk = await import('@aws-sdk/client-s3');
  // Of use in AWS Lambda alone; a process of modules that has a new global is not used again.
  Reflect.deleteProperty(globalThis, 'awslambda');
  const client = new sdk.S3Client({
    region,
    forcePathStyle: pathStyle,
    ...(endpoint !== null && { endpoint }),
    ...(credentials && { credentials: () => credentials().then(asIdentity) }),
    requestHandler: { connectionTimeout: CONNECT_LIMIT_MS, socketTimeout: SILENCE_LIMIT_MS },
    // Bytes are signed on their way in and hashed on their way out; further checksums are what other servers stumble over.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { client, sdk };
}

function asIdentity({ expiresAt, ...keys }: ContentCredentials) {
  return expiresAt === undefined ? keys : { ...keys, expiration: new Date(expiresAt) };
}

/** In parts when there are many bytes; what is unfinished when it fails is taken back. */
async function upload(
  client: S3Client,
  object: { Bucket: string; Key: string; ContentType: string },
  bytes: MeasuredBytes,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const Body = Readable.from(bytes, { objectMode: false });
  const uploading = new Upload({
    client,
    params: { ...object, Body },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
  });
  const stop = () => void uploading.abort();
  signal?.addEventListener('abort', stop);
  try {
    await uploading.done();
  } finally {
    signal?.removeEventListener('abort', stop);
    Body.destroy();
  }
}

async function found<T>(ref: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof Error && error.name === 'NoSuchKey' ? contentNotFound(ref) : contentUnavailable(error);
  }
}

/** The bytes of an answer; when they break off, the store is away. */
function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  if (!(Body instanceof Readable)) throw contentUnavailable('an answer without a body');
  const bytes = new PassThrough();
  Body.once('error', (error) => bytes.destroy(contentUnavailable(error)));
  // Whoever reads sees the error, and need not read to the end.
  return pipeline(Body, bytes, () => {});
}

async function textOf(bytes: Readable): Promise<string> {
  return Buffer.concat(await bytes.toArray()).toString();
}

function idOf(ref: string): string {
  return contentIdFor(contentOwner(ref), ref);
}
