import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentStores } from '@gantry/contents/content-store';
import { BundleCheck, BundleError, type BundleSum } from './bundle.ts';
import { unpackBundle } from './read-bundle.ts';

/** Which bundle, and where it is kept. */
export interface WantedBundle extends BundleSum {
  contentRef: string;
}

export interface BundleCacheOptions {
  /** May be shared by the workers of a machine. */
  folder: string;
  contents: Pick<ContentStores, 'forOrganization'>;
  /** Of all unpacked bundles; those in use may be more. */
  maxBytes: number;
}

const UNPACKING = '.unpacking';
const NAME = /^[0-9a-f]{64}\.(\d+)$/;
const TOUCH_MS = 60_000;
/** What was touched since then may be in use by another worker. */
const IN_USE_MS = 5 * TOUCH_MS;
const LEFT_BEHIND_MS = 3_600_000;

/**
 * Unpacked bundles in a folder, by their checksum. One appears there at once and whole, whoever else unpacks it at the same
 * time; before this process uses one first, what lies there is compared with the checksum.
 */
export class BundleCache {
  readonly #options: BundleCacheOptions;
  readonly #ready = new Map<string, Promise<string>>();
  readonly #touched = new Map<string, number>();
  readonly #held = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: BundleCacheOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#touchHeld(), TOUCH_MS).unref();
  }

  /**
   * Runs work with the folder of a bundle, which stays until it is over.
   * @throws BundleError when what is kept is not that bundle; ContentError when it is not there, or its store is away
   */
  async use<T>(organizationId: string, bundle: WantedBundle, work: (folder: string) => Promise<T>): Promise<T> {
    const name = nameOf(bundle);
    this.#held.set(name, (this.#held.get(name) ?? 0) + 1);
    try {
      return await work(await this.#folderOf(organizationId, bundle));
    } finally {
      const left = (this.#held.get(name) ?? 1) - 1;
      if (left > 0) this.#held.set(name, left);
      else this.#held.delete(name);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #folderOf(organizationId: string, bundle: WantedBundle): Promise<string> {
    const name = nameOf(bundle);
    const known = await this.#ready.get(name)?.catch(() => undefined);
    if (known !== undefined && (await this.#touch(name))) return known;
    // Several steps may come here at the same time: the first one makes it ready for all.
    let ready = this.#ready.get(name);
    if (ready === undefined || known !== undefined) {
      ready = this.#makeReady(organizationId, bundle);
      this.#ready.set(name, ready);
      ready.catch(() => {
        if (this.#ready.get(name) === ready) this.#ready.delete(name);
      });
    }
    return ready;
  }

  async #makeReady(organizationId: string, bundle: WantedBundle): Promise<string> {
    await this.#makeOwnFolder();
    const place = join(this.#options.folder, nameOf(bundle));
    if (await this.#touch(nameOf(bundle))) {
      if ((await sumOf(place)) === bundle.sha256) return place;
      await this.#remove(nameOf(bundle));
    }
    const unpacking = join(this.#options.folder, UNPACKING, randomUUID());
    await mkdir(unpacking, { recursive: true });
    try {
      const packed = await this.#options.contents.forOrganization(organizationId).openRead(bundle.contentRef);
      const { sha256 } = await unpackBundle(packed, unpacking);
      if (sha256 !== bundle.sha256) {
        throw new BundleError('BUNDLE_INVALID', `what is kept has the checksum ${sha256}, not ${bundle.sha256}`);
      }
      // Another one may have been faster: its folder has the same in it.
      await rename(unpacking, place).catch(async (error) => {
        if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
      });
    } finally {
      await rm(unpacking, { recursive: true, force: true });
    }
    this.#touched.set(nameOf(bundle), Date.now());
    await this.#makeRoom();
    return place;
  }

  /** Whose folder it is may change what lies in it after it was compared. */
  async #makeOwnFolder(): Promise<void> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await stat(folder)).uid !== process.getuid?.()) throw new Error(`${folder} is the folder of another user`);
  }

  async #touchHeld(): Promise<void> {
    for (const name of this.#held.keys()) await this.#touch(name);
  }

  /** Says that it is in use. @returns whether it is there */
  async #touch(name: string): Promise<boolean> {
    const now = Date.now();
    const place = join(this.#options.folder, name);
    try {
      if (now - (this.#touched.get(name) ?? 0) < TOUCH_MS) await stat(place);
      else await utimes(place, now / 1_000, now / 1_000);
      this.#touched.set(name, now);
      return true;
    } catch {
      this.#touched.delete(name);
      return false;
    }
  }

  /** Removes those that were not used for longest, and what workers that were killed left behind. */
  async #makeRoom(): Promise<void> {
    const { folder, maxBytes } = this.#options;
    const now = Date.now();
    const all = await agesIn(folder, now);
    let bytes = all.reduce((sum, { name }) => sum + sizeIn(name), 0);
    for (const { name, age } of all.sort((one, other) => other.age - one.age)) {
      if (bytes <= maxBytes || age < IN_USE_MS) break;
      if (this.#held.has(name)) continue;
      await this.#remove(name);
      bytes -= sizeIn(name);
    }
    for (const { name, age } of await agesIn(join(folder, UNPACKING), now)) {
      if (age > LEFT_BEHIND_MS) await rm(join(folder, UNPACKING, name), { recursive: true, force: true });
    }
  }

  /** At once for whoever looks: a folder is never seen half removed. */
  async #remove(name: string): Promise<void> {
    const gone = join(this.#options.folder, UNPACKING, randomUUID());
    await mkdir(join(this.#options.folder, UNPACKING), { recursive: true });
    await rename(join(this.#options.folder, name), gone).catch(() => {});
    await rm(gone, { recursive: true, force: true });
  }
}

function nameOf({ sha256, size }: WantedBundle): string {
  return `${sha256}.${size}`;
}

function sizeIn(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? 0);
}

async function agesIn(folder: string, now: number): Promise<{ name: string; age: number }[]> {
  const found: { name: string; age: number }[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === UNPACKING) continue;
    const about = await stat(join(folder, name)).catch(() => undefined);
    if (about !== undefined) found.push({ name, age: now - about.mtimeMs });
  }
  return found;
}

/** The checksum of what lies in a folder; undefined when that is no bundle. */
async function sumOf(root: string): Promise<string | undefined> {
  const check = new BundleCheck();
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const place = join(root, path);
      // Python puts them beside what it reads.
      if (entry.name === '__pycache__') continue;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isSymbolicLink()) check.add({ kind: 'link', path, target: await readlink(place) });
      else {
        const executable = ((await stat(place)).mode & 0o111) !== 0;
        const sha256 = createHash('sha256')
          .update(await readFile(place))
          .digest('hex');
        check.add({ kind: 'file', path, executable, sha256 });
      }
    }
  };
  try {
    await visit('');
    return check.sum().sha256;
  } catch {
    return undefined;
  }
}
