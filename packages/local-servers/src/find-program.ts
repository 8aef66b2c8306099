import { execFile } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unpackDebianPackage } from './unpack-debian-package.ts';

const execute = promisify(execFile);

/** Programs of the system are there, but not on everybody's PATH. */
const SYSTEM_PATH = '/usr/sbin:/sbin';

/** How to run a program: the binary and the environment it needs. */
export interface Program {
  command: string;
  env: Record<string, string>;
}

interface ProgramSearch {
  /** What people call it. */
  title: string;
  /** Of the binary; each will do. */
  names: readonly string[];
  debianPackage: string;
  /** What it is called with to see whether it runs. */
  probe: string;
  /** What to say where it is not to be had. */
  howToInstall: string;
}

/**
 * A program that runs: the one on PATH, else the copy in `cacheDir`, else Debian's package, downloaded with
 * apt and unpacked into `cacheDir` without installing it (no root needed). Throws an error that says how to install it.
 */
export async function findProgram(
  search: ProgramSearch,
  cacheDir: string,
  onLog?: (line: string) => void,
): Promise<Program> {
  const { title, debianPackage, howToInstall } = search;
  const installed = await findInstalled(search);
  if (installed !== undefined) return installed;
  const home = resolve(cacheDir, title.toLowerCase());
  const cached = await findUnpacked(search, home);
  if (cached !== undefined) return cached;
  onLog?.(`no ${title} on this machine: fetching the Debian package (once)`);
  await unpackDebianPackage(debianPackage, home).catch((error: Error) => {
    const reason = error.message.trim();
    throw new Error(`No ${title} on this machine, and none could be fetched: ${reason}. ${howToInstall}`);
  });
  const unpacked = await findUnpacked(search, home);
  if (unpacked === undefined) throw new Error(`The ${title} in ${home} does not run: delete it. ${howToInstall}`);
  return unpacked;
}

async function findInstalled({ names, probe }: ProgramSearch): Promise<Program | undefined> {
  for (const name of names) {
    const path = await execute('/bin/sh', ['-c', `PATH=$PATH:${SYSTEM_PATH} command -v ${name}`]).catch(
      () => undefined,
    );
    if (path === undefined) continue;
    const program = { command: path.stdout.trim(), env: {} };
    if (await runs(program, probe)) return program;
  }
  return undefined;
}

async function findUnpacked({ names, probe }: ProgramSearch, home: string): Promise<Program | undefined> {
  const libraries = await Array.fromAsync(glob(join(home, '{usr/,}lib/*-linux-gnu*')));
  const env = { LD_LIBRARY_PATH: libraries.join(':') };
  for (const name of names) {
    for (const folder of ['usr/bin', 'usr/sbin']) {
      const program = { command: join(home, folder, name), env };
      if (await runs(program, probe)) return program;
    }
  }
  return undefined;
}

async function runs({ command, env }: Program, probe: string): Promise<boolean> {
  return execute(command, [probe], { env }).then(
    () => true,
    () => false,
  );
}
