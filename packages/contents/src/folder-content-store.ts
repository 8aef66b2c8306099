import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkBytes, checkedStream, MeasuredBytes } from './checked-bytes.ts';
import {
  type ContentAbout,
  type ContentStores,
  checkOrganizationId,
  contentIdFor,
  contentNotFound,
  contentOwner,
  contentTooLarge,
  contentUnavailable,
  DEFAULT_MAX_BYTES,
  formatContentRef,
  isOrganizationId,
  type ListedContent,
  type StoredContent,
} from './content-store.ts';

/**
 * Content in a folder: `<folder>/<organization>/<two hex digits>/<uuid>`, with what is known of it beside it in
 * `<uuid>.json`. A file gets its name only when it is whole and on the disk, the description first.
 */
export function createFolderContentStore(folder: string, maxBytes = DEFAULT_MAX_BYTES): ContentStores {
  const temporary = join(folder, '.writing');
  return {
    place: { kind: 'folder', folder },
    credentials: async () => null,

    forOrganization(organizationId) {
      checkOrganizationId(organizationId);
      const pathOf = (id: string) => join(folder, organizationId, id.slice(0, 2), id);
      const pathOfRef = (ref: string) => pathOf(contentIdFor(organizationId, ref));
      const describe = async (ref: string) => {
        const text = await foundIn(folder, ref, readFile(`${pathOfRef(ref)}.json`, 'utf8'));
        return JSON.parse(text) as Description;
      };
      return {
        async write(content, about, limits = {}) {
          const id = randomUUID();
          const limit = Math.min(limits.maxBytes ?? maxBytes, maxBytes);
          const partial = join(temporary, id);
          try {
            await mkdir(temporary, { recursive: true });
            const written = await writePartial(partial, new MeasuredBytes(content, limit, limits.signal));
            await publish(partial, pathOf(id), { ...about, ...written });
            return { ref: formatContentRef(organizationId, id), ...written };
          } catch (error) {
            throw isOfTheSystem(error) ? contentUnavailable(error) : error;
          } finally {
            await rm(partial, { force: true }).catch(() => {});
          }
        },
        async read(ref, limits = {}) {
          await using file = await foundIn(folder, ref, open(pathOfRef(ref)));
          const limit = limits.maxBytes ?? maxBytes;
          if ((await file.stat()).size > limit) throw contentTooLarge(limit);
          const bytes = await foundIn(folder, ref, file.readFile());
          checkBytes(bytes, (await describe(ref)).sha256, ref);
          return bytes;
        },
        async openRead(ref, range) {
          const { sha256 } = await describe(ref);
          const file = await foundIn(folder, ref, open(pathOfRef(ref)));
          return range === undefined
            ? checkedStream(file.createReadStream(), sha256, ref)
            : file.createReadStream(range);
        },
        describe,
        async delete(ref) {
          const path = pathOfRef(ref);
          await rm(path, { force: true });
          await rm(`${path}.json`, { force: true });
        },
      };
    },

    list: (after, limit) => listFolder(folder, after, limit),

    async sweepUnfinished(olderThanMs) {
      await mkdir(temporary, { recursive: true });
      for (const name of await readdir(temporary)) {
        const path = join(temporary, name);
        const age = Date.now() - (await stat(path)).mtimeMs;
        if (age > olderThanMs) await rm(path, { force: true });
      }
    },
  };
}

type Description = ContentAbout & Omit<StoredContent, 'ref'>;

async function writePartial(path: string, bytes: MeasuredBytes): Promise<Omit<StoredContent, 'ref'>> {
  await using file = await open(path, 'wx');
  for await (const chunk of bytes) await file.appendFile(chunk);
  await file.sync();
  return bytes.sum();
}

async function publish(partial: string, path: string, description: Description): Promise<void> {
  const folder = dirname(path);
  const firstCreated = await mkdir(folder, { recursive: true });
  await using about = await open(`${path}.json`, 'wx');
  await about.writeFile(JSON.stringify(description));
  await about.sync();
  await rename(partial, path);
  // A name is on the disk once its folder is, and so is the name of a folder that was just made.
  const top = firstCreated === undefined ? folder : dirname(firstCreated);
  for (let synced = folder; synced.length >= top.length; synced = dirname(synced)) await syncFolder(synced);
}

/** By organization and id; a description without bytes counts as well. */
async function listFolder(folder: string, after: string | null, limit: number): Promise<ListedContent[]> {
  const owner = after === null ? '' : contentOwner(after);
  const last = after === null ? '' : contentIdFor(owner, after);
  const listed: ListedContent[] = [];
  for (const organizationId of (await namesIn(folder)).filter((name) => isOrganizationId(name) && name >= owner)) {
    const from = organizationId === owner ? last : '';
    for (const part of (await namesIn(join(folder, organizationId))).filter((name) => name >= from.slice(0, 2))) {
      const ids = new Set((await namesIn(join(folder, organizationId, part))).map((name) => name.replace('.json', '')));
      for (const id of [...ids].filter((name) => name > from)) {
        const path = join(folder, organizationId, part, id);
        const found = await stat(path).catch(() => stat(`${path}.json`).catch(() => undefined));
        if (found === undefined) continue;
        listed.push({ ref: formatContentRef(organizationId, id), size: found.size, writtenAt: found.mtime });
        if (listed.length === limit) return listed;
      }
    }
  }
  return listed;
}

async function namesIn(path: string): Promise<string[]> {
  const names = await readdir(path).catch((error) => {
    // Not a folder, or none any more.
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw contentUnavailable(error);
  });
  return names.sort();
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

/** What is not there is not found; but when the whole folder is not there, it is away. */
async function foundIn<T>(folder: string, ref: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    if (error.code === 'ENOENT' && (await isThere(folder))) throw contentNotFound(ref);
    throw contentUnavailable(error);
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Of the file system that the folder is in. A source that fails while it is written has errors of its own. */
const SYSTEM_ERRORS: readonly unknown[] = [
  ...['ENOENT', 'ENOTDIR', 'ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM'],
  ...['ESTALE', 'ENODEV', 'ENOTCONN', 'EHOSTDOWN', 'EMFILE', 'ENFILE', 'ETIMEDOUT'],
];

function isOfTheSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error && SYSTEM_ERRORS.includes(error.code);
}
