import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/*
 * A bundle is the folder of a published module: files, and links between them. It travels as a tar in gzip, and its
 * checksum is that of what is in it, so that packing the same folder again gives the same bundle, whatever packed it.
 */

/** What a bundle holds at a path of it, `/` between its parts. */
export type BundleEntry =
  | { kind: 'file'; path: string; executable: boolean; sha256: string }
  | { kind: 'link'; path: string; target: string };

/** What is known of a whole bundle. `size` is that of its files, in bytes. */
export interface BundleSum {
  sha256: string;
  size: number;
  files: number;
}

const MAX_BUNDLE_FILES = 20_000;
export const MAX_BUNDLE_BYTES = 256 * 1024 * 1024;
const MAX_PATH = 400;

export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code: 'BUNDLE_INVALID' | 'BUNDLE_TOO_LARGE';

  constructor(code: BundleError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Takes the entries of a bundle one by one and refuses what no bundle may hold: too much, and whatever would lie outside of
 * its folder once it is unpacked.
 */
export class BundleCheck {
  readonly #entries = new Map<string, BundleEntry>();
  /** The folders that paths go through. */
  readonly #folders = new Set<string>();
  #size = 0;

  /** @throws BundleError */
  addBytes(count: number): void {
    this.#size += count;
    if (this.#size > MAX_BUNDLE_BYTES) {
      throw new BundleError('BUNDLE_TOO_LARGE', `the files are more than ${MAX_BUNDLE_BYTES} bytes together`);
    }
  }

  /** To be called before anything is written at the path. @throws BundleError */
  checkPath(path: string): void {
    if (this.#entries.size >= MAX_BUNDLE_FILES) {
      throw new BundleError('BUNDLE_TOO_LARGE', `there are more than ${MAX_BUNDLE_FILES} files`);
    }
    if (path.length > MAX_PATH || !isInside(path)) throw invalid(path, 'leaves the folder');
    if (this.#entries.has(path) || this.#folders.has(path)) throw invalid(path, 'is there twice');
    for (const folder of foldersOf(path)) {
      if (this.#entries.has(folder)) throw invalid(path, `goes through ${folder}, which is no folder`);
    }
  }

  /** @throws BundleError */
  add(entry: BundleEntry): void {
    const { path } = entry;
    this.checkPath(path);
    if (entry.kind === 'link') checkTarget(path, entry.target);
    this.#entries.set(path, entry);
    for (const folder of foldersOf(path)) this.#folders.add(folder);
  }

  /** @throws BundleError when no file or link is there */
  expect(path: string): void {
    if (!this.#entries.has(path)) throw invalid(path, 'is not in it');
  }

  sum(): BundleSum {
    const lines = [...this.#entries.values()].map(lineOf).sort();
    const sha256 = createHash('sha256').update(lines.join('')).digest('hex');
    return { sha256, size: this.#size, files: lines.length };
  }
}

/** A link is read from where it lies, so that `..` may only begin its target: behind a link it would lead elsewhere. */
function checkTarget(path: string, target: string): void {
  const inside = target !== '' && posix.normalize(target) === target && !posix.isAbsolute(target);
  const end = posix.join(posix.dirname(path), target);
  if (!inside || /[\0\\]/.test(target) || end === '..' || end.startsWith('../')) {
    throw invalid(path, `is a link that leaves the folder, to ${target}`);
  }
}

function isInside(path: string): boolean {
  return path !== '' && !/[\0\\]/.test(path) && path.split('/').every((part) => !['', '.', '..'].includes(part));
}

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function lineOf(entry: BundleEntry): string {
  const what = entry.kind === 'link' ? ['link', entry.target] : [entry.executable ? 'program' : 'file', entry.sha256];
  return `${JSON.stringify([entry.path, ...what])}\n`;
}

function invalid(path: string, what: string): BundleError {
  return new BundleError('BUNDLE_INVALID', `${JSON.stringify(path.slice(0, MAX_PATH))} ${what}`);
}
