import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where this project is installed; what else lies there, such as the data of `npm start`, is no module's business. */
const INSTALLED = resolve(import.meta.dirname, '../../..');
const ENGINE = ['packages', 'node_modules'].map((folder) => join(INSTALLED, folder));

/** Folders, each with all that is in it. */
export interface Permitted {
  read: readonly string[];
  /** And read. */
  write: readonly string[];
}

/**
 * Node's permission flags for a process: besides these folders, that for its temporary files and the code of the engine it
 * has no files, and it starts no programs and no threads, and loads no native code.
 */
export function confinementFlags({ read, write: written }: Permitted, temporary: string): string[] {
  const write = [...written, temporary];
  return [
    '--permission',
    ...[...ENGINE, ...read, ...write].flatMap(wholeFolder).map((path) => `--allow-fs-read=${path}`),
    ...write.flatMap(wholeFolder).map((path) => `--allow-fs-write=${path}`),
  ];
}

/** One that is not there yet would count as a file; imports are looked for where links lead. */
function wholeFolder(folder: string): string[] {
  const path = resolve(folder);
  const real = existsSync(path) ? realpathSync(path) : path;
  return [...new Set([path, real])].flatMap((one) => [one, join(one, '*')]);
}

const DENIED: Readonly<Record<string, string>> = {
  FileSystemRead: 'read',
  FileSystemWrite: 'write',
  ChildProcess: 'start the program',
  WorkerThreads: 'start a thread',
  WASI: 'use WASI',
};

/** What a confined module may not do, in words, if that is what Node says. */
export function denialOf(thrown: Error): string | undefined {
  const { code, permission, resource } = thrown as { code?: unknown; permission?: unknown; resource?: unknown };
  if (code === 'ERR_DLOPEN_DISABLED') return told('load native code');
  if (code !== 'ERR_ACCESS_DENIED') return undefined;
  const deed = DENIED[String(permission)] ?? `use ${String(permission)}`;
  return told(typeof resource === 'string' && resource !== '' ? `${deed} ${resource}` : deed);
}

function told(deed: string): string {
  return `a module file may not ${deed}: this worker confines them (MODULES_CONFINED)`;
}
