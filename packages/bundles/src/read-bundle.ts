import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { BundleCheck, type BundleEntry, BundleError, type BundleSum } from './bundle.ts';

type Entry = Extract extends AsyncIterable<infer One> ? One : never;

/** What is done with each entry of a bundle; the bytes of a link are none. */
type Take = (entry: BundleEntry, bytes: Uint8Array) => Promise<void>;

/**
 * Reads a bundle to its end and says what it is.
 * @param entry a file that must be in it
 * @throws BundleError when it is none, or holds what none may hold
 */
export async function checkBundle(packed: Readable, entry?: string): Promise<BundleSum> {
  const check = await readBundle(packed, async () => {});
  if (entry !== undefined) check.expect(entry);
  return check.sum();
}

/** Writes what is in a bundle into an empty folder. @throws BundleError before it writes what does not belong there */
export async function unpackBundle(packed: Readable, folder: string): Promise<BundleSum> {
  const check = await readBundle(packed, async (entry, bytes) => {
    const place = join(folder, entry.path);
    await mkdir(dirname(place), { recursive: true });
    if (entry.kind === 'link') await symlink(entry.target, place);
    else await writeFile(place, bytes, { flag: 'wx', mode: entry.executable ? 0o755 : 0o644 });
  });
  return check.sum();
}

async function readBundle(packed: Readable, take: Take): Promise<BundleCheck> {
  const check = new BundleCheck();
  const entries = extract();
  const fed = pipeline(packed, createGunzip(), entries);
  // Told below, unless what was made of it fails first.
  fed.catch(() => {});
  try {
    for await (const entry of entries) {
      if (entry.header.type === 'directory') entry.resume();
      else await takeEntry(entry, check, take);
    }
    await fed;
    return check;
  } catch (error) {
    entries.destroy();
    packed.destroy();
    if (error instanceof BundleError || isNoFault(error)) throw error;
    throw new BundleError('BUNDLE_INVALID', `it is not a tar in gzip: ${String(error)}`, { cause: error });
  }
}

/** Of the store or the disk, not of the bundle. */
function isNoFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ContentError' || ('syscall' in error && 'errno' in error);
}

async function takeEntry(read: Entry, check: BundleCheck, take: Take): Promise<void> {
  const { name: path, type, mode = 0, linkname } = read.header;
  check.checkPath(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of read as AsyncIterable<Uint8Array>) {
    check.addBytes(chunk.length);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  let entry: BundleEntry;
  if (type === 'symlink') entry = { kind: 'link', path, target: linkname ?? '' };
  else if (type === 'file') {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    entry = { kind: 'file', path, executable: (mode & 0o111) !== 0, sha256 };
  } else throw new BundleError('BUNDLE_INVALID', `${JSON.stringify(path)} is a ${type}, not a file or a link`);
  check.add(entry);
  await take(entry, bytes);
}
