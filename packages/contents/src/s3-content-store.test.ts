import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CREDENTIALS, type S3Server, startS3Server } from '@gantry/testkit/s3-server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { contentStoreConformance } from '../test/content-store-conformance.ts';
import { createS3ContentStore } from './s3-content-store.ts';

let server: S3Server;
let client: S3Client;
beforeAll(async () => {
  server = await startS3Server();
  const { region, endpoint } = server.place;
  client = new S3Client({ region, endpoint, forcePathStyle: true, credentials: CREDENTIALS });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const credentials = async () => CREDENTIALS;
const newPlace = () => ({ ...server.place, prefix: `${randomUUID()}/` });

contentStoreConformance('a bucket', async () => {
  const place = newPlace();
  const { bucket: Bucket, prefix: Prefix } = place;
  return {
    store: createS3ContentStore(place, { credentials, maxBytes: 1_000 }),
    kept: async () => (await client.send(new ListObjectsV2Command({ Bucket, Prefix }))).KeyCount ?? 0,
    damage: async (ref) => {
      const Key = ref.replace('content://', Prefix);
      await client.send(new PutObjectCommand({ Bucket, Key, Body: 'jello' }));
    },
    close: async () => {},
  };
});

test('a large content goes up in parts and comes back whole, or a range of it', async () => {
  const content = createS3ContentStore(newPlace(), { credentials }).forOrganization('acme');
  const bytes = randomBytes(18 * 1024 * 1024);
  const chunks = () => Array.from({ length: 36 }, (_, at) => bytes.subarray(at * 524_288, (at + 1) * 524_288));
  const { ref, size, sha256 } = await content.write(Readable.from(chunks()), { contentType: 'image/tiff' });
  expect({ size, sha256 }).toEqual({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  const whole = createHash('sha256');
  for await (const chunk of await content.openRead(ref)) whole.update(chunk);
  expect(whole.digest('hex')).toBe(sha256);
  const range = await (await content.openRead(ref, { start: 9_000_000, end: 9_000_003 })).toArray();
  expect(Buffer.concat(range)).toEqual(bytes.subarray(9_000_000, 9_000_004));
});

test('a server that is away, or has no such bucket, is CONTENT_UNAVAILABLE', async () => {
  const gone = await startS3Server();
  await gone.close();
  const stores = [
    createS3ContentStore(gone.place, { credentials }),
    createS3ContentStore({ ...server.place, bucket: 'none' }, { credentials }),
  ];
  const ref = `content://acme/${randomUUID()}`;
  for (const store of stores) {
    const content = store.forOrganization('acme');
    const asked = [
      content.write(Buffer.from('x'), { contentType: 'text/plain' }),
      content.read(ref),
      content.openRead(ref),
      content.describe(ref),
      content.delete(ref),
      store.list(null, 10),
    ];
    for (const answer of await Promise.allSettled(asked)) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'CONTENT_UNAVAILABLE' } });
    }
  }
});

test('a server that breaks off in the middle is CONTENT_UNAVAILABLE, not the end', async () => {
  const about = JSON.stringify({ contentType: 'text/plain', size: 10, sha256: '0' });
  const broken = createServer((request, response) => {
    if (request.url?.includes('.json')) response.end(about);
    else response.writeHead(200, { 'content-length': 10 }).write('hello', () => response.destroy());
  });
  await once(broken.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void broken.close());
  const endpoint = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
  const content = createS3ContentStore({ ...server.place, endpoint }, { credentials }).forOrganization('acme');
  const ref = `content://acme/${randomUUID()}`;
  await expect(content.read(ref)).rejects.toMatchObject({ code: 'CONTENT_UNAVAILABLE' });
  const stream = await content.openRead(ref);
  await expect(stream.toArray()).rejects.toMatchObject({ code: 'CONTENT_UNAVAILABLE' });
});
