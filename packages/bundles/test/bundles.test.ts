import { createReadStream } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { pack } from 'tar-stream';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { BundleCache, type WantedBundle } from '../src/bundle-cache.ts';
import { packBundle } from '../src/pack-bundle.ts';
import { checkBundle } from '../src/read-bundle.ts';

const root = await mkdtemp(join(tmpdir(), 'gantry-bundles-'));
afterAll(() => rm(root, { recursive: true, force: true }));

let folder: string;
let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(root, 'test-'));
  folder = join(place, 'module');
  await mkdir(join(folder, 'node_modules/used'), { recursive: true });
  await writeFile(join(folder, 'index.ts'), 'export default 1;');
  await writeFile(join(folder, 'run'), '#!/bin/sh', { mode: 0o755 });
  await writeFile(join(folder, 'node_modules/used/index.js'), '1');
});

const packed = join(root, 'packed.tgz');
const ORGANIZATION = 'acme';
const contents = createFolderContentStore(join(root, 'contents'));

async function publish(): Promise<WantedBundle> {
  const sum = await packBundle(folder, packed);
  const { ref } = await contents.forOrganization(ORGANIZATION).write(createReadStream(packed), { contentType: 'x/y' });
  return { ...sum, contentRef: ref };
}

function cache(maxBytes = 1_000_000): BundleCache {
  return new BundleCache({ folder: join(place, 'cache'), contents, maxBytes });
}

const textIn = (path: string) => (unpacked: string) => readFile(join(unpacked, path), 'utf8');

test('a folder is packed without what begins with a dot and what is for development; packed again it is the same', async () => {
  await mkdir(join(folder, 'node_modules/tool'), { recursive: true });
  await mkdir(join(folder, '.git'));
  const packages = { 'node_modules/used': {}, 'node_modules/tool': { dev: true } };
  await writeFile(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  await writeFile(join(folder, 'node_modules/tool/index.js'), '1');
  await writeFile(join(folder, '.git/config'), 'secret');
  const sum = await packBundle(folder, packed);
  expect(sum).toMatchObject({ files: 3 });
  expect(await checkBundle(createReadStream(packed))).toEqual(sum);
  await utimes(join(folder, 'run'), 1, 1);
  expect(await packBundle(folder, packed)).toEqual(sum);
  await appendFile(join(folder, 'run'), ' ');
  expect((await packBundle(folder, packed)).sha256).not.toBe(sum.sha256);
});

test.each([
  ['/etc/hostname', /away: is a link that leaves the folder, to \/etc\/hostname/],
  ['..', /away: is a link that leaves the folder/],
  ['nothing', /away: is a link to nothing, which is not there/],
])('a link to %s is refused by its name', async (target, message) => {
  await symlink(target, join(folder, 'away'));
  await expect(packBundle(folder, packed)).rejects.toThrow(message);
});

test.each([
  [{ name: '../out' }, /"..\/out" leaves the folder/],
  [{ name: '/out' }, /"\/out" leaves the folder/],
  [{ name: 'a', type: 'symlink', linkname: 'b/../..' }, /"a" is a link that leaves the folder/],
  [{ name: 'a', type: 'symlink', linkname: '/etc' }, /"a" is a link that leaves the folder/],
  [{ name: 'a', type: 'fifo' }, /"a" is a fifo/],
  [{ name: 'link/x' }, /"link\/x" goes through link, which is no folder/],
] as const)('a bundle with %j is none', async (header, message) => {
  const archive = pack();
  archive.entry({ name: 'link', type: 'symlink', linkname: 'index.ts' });
  if ('type' in header) archive.entry(header);
  else archive.entry(header, 'x');
  archive.finalize();
  const bytes = await buffer((archive as unknown as NodeJS.ReadableStream).pipe(createGzip()));
  await writeFile(packed, bytes);
  await expect(checkBundle(createReadStream(packed))).rejects.toThrow(message);
});

test('what is no archive at all is no bundle', async () => {
  await writeFile(packed, 'no archive');
  await expect(checkBundle(createReadStream(packed))).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
});

test('several that fetch a bundle at the same time get the same files', async () => {
  await symlink('index.ts', join(folder, 'again.ts'));
  const bundle = await publish();
  const caches = [cache(), cache(), cache()];
  const texts = await Promise.all(
    [...caches, ...caches].map((one) => one.use(ORGANIZATION, bundle, textIn('again.ts'))),
  );
  expect(new Set(texts)).toEqual(new Set(['export default 1;']));
  expect(await readdir(join(place, 'cache/.unpacking'))).toEqual([]);
  expect((await stat(join(place, 'cache'))).mode & 0o077).toBe(0);
});

test('what was damaged in the cache is fetched again, and what is not the bundle is refused', async () => {
  const bundle = await publish();
  await cache().use(ORGANIZATION, bundle, (unpacked) => appendFile(join(unpacked, 'index.ts'), 'damaged'));
  expect(await cache().use(ORGANIZATION, bundle, textIn('index.ts'))).toBe('export default 1;');
  const other = { ...bundle, sha256: '0'.repeat(64) };
  await expect(cache().use(ORGANIZATION, other, textIn('index.ts'))).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  await expect(cache().use('others', { ...bundle, size: 1 }, textIn('index.ts'))).rejects.toMatchObject({
    code: 'CONTENT_NOT_FOUND',
  });
});

test('bundles that were not used for longest make room', async () => {
  const small = cache(1);
  const first = await publish();
  const unpacked = await small.use(ORGANIZATION, first, async (path) => path);
  await utimes(unpacked, 1, 1);
  await appendFile(join(folder, 'index.ts'), ' ');
  const second = await publish();
  await small.use(ORGANIZATION, second, async () => {});
  const left = (await readdir(join(place, 'cache'))).filter((name) => !name.startsWith('.'));
  expect(left).toEqual([`${second.sha256}.${second.size}`]);
  expect(await small.use(ORGANIZATION, first, textIn('index.ts'))).toBe('export default 1;');
});
