import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { BundleCheck, type BundleEntry, BundleError, type BundleSum, MAX_BUNDLE_BYTES } from './bundle.ts';

/** Written down by npm: which of the packages beside it are for development alone. */
const INSTALLED = 'node_modules/.package-lock.json';
const LEFT_OUT = /^(?:\.|__pycache__$)/;
/** pnpm keeps packages in a folder whose name begins with a dot. */
const LEFT_OUT_OF_PACKAGES = /^(?:\.bin|\.cache|\.package-lock\.json|__pycache__)$/;
const LONG_AGO = new Date(0);

type Headers = Parameters<Pack['entry']>[0];

/**
 * Packs a folder into a file: all that is in it but what begins with a dot, and packages that are for development alone.
 * @throws BundleError what may not be in a bundle, by its path
 */
export async function packBundle(folder: string, file: string): Promise<BundleSum> {
  const root = await realpath(folder);
  const check = new BundleCheck();
  const archive = pack();
  const written = pipeline(archive, createGzip(), createWriteStream(file));
  // Whoever waits for an entry sees it.
  written.catch(() => {});
  for (const path of await pathsIn(root)) {
    const { entry, bytes } = await readEntry(root, path);
    check.addBytes(bytes.length);
    check.add(entry);
    await Promise.race([written, addTo(archive, headersOf(entry), bytes)]);
  }
  archive.finalize();
  await written;
  return check.sum();
}

/** Sorted, so that a folder gives the same bytes again. */
async function pathsIn(root: string): Promise<string[]> {
  const leftOut = await developmentPackages(root);
  const paths: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    const pattern = folder.split('/').includes('node_modules') ? LEFT_OUT_OF_PACKAGES : LEFT_OUT;
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (pattern.test(entry.name) || leftOut.has(path)) continue;
      if (entry.isDirectory()) await visit(path);
      else paths.push(path);
    }
  };
  await visit('');
  return paths.sort();
}

async function developmentPackages(root: string): Promise<Set<string>> {
  const text = await readFile(join(root, INSTALLED), 'utf8').catch(() => '{}');
  const { packages = {} }: { packages?: Record<string, { dev?: boolean }> } = JSON.parse(text);
  return new Set(Object.keys(packages).filter((path) => packages[path]?.dev === true));
}

async function readEntry(root: string, path: string): Promise<{ entry: BundleEntry; bytes: Uint8Array }> {
  const place = join(root, path);
  const target = await readlink(place).catch(() => undefined);
  if (target !== undefined) {
    const end = await realpath(place).catch(() => undefined);
    if (end === undefined)
      throw new BundleError('BUNDLE_INVALID', `${path}: is a link to ${target}, which is not there`);
    if (relative(root, end).startsWith('..')) {
      throw new BundleError('BUNDLE_INVALID', `${path}: is a link that leaves the folder, to ${target}`);
    }
    return { entry: { kind: 'link', path, target: target.replace(/\/$/, '') }, bytes: new Uint8Array() };
  }
  const about = await stat(place);
  if (!about.isFile()) throw new BundleError('BUNDLE_INVALID', `${path}: is neither a file nor a link`);
  if (about.size > MAX_BUNDLE_BYTES) {
    throw new BundleError('BUNDLE_TOO_LARGE', `${path}: is larger than ${MAX_BUNDLE_BYTES} bytes`);
  }
  const bytes = await readFile(place);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { entry: { kind: 'file', path, executable: (about.mode & 0o111) !== 0, sha256 }, bytes };
}

function headersOf(entry: BundleEntry): Headers {
  const { path: name } = entry;
  return entry.kind === 'link'
    ? { name, mtime: LONG_AGO, type: 'symlink', linkname: entry.target }
    : { name, mtime: LONG_AGO, type: 'file', mode: entry.executable ? 0o755 : 0o644 };
}

function addTo(archive: Pack, headers: Headers, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (headers.type === 'symlink') archive.entry(headers, done);
    else archive.entry({ ...headers, size: bytes.length }, Buffer.from(bytes), done);
  });
}
