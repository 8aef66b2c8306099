import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresAccount } from './postgres-account.ts';
import { runProgram } from './postgres-programs.ts';

interface NewCluster {
  programs: string;
  account: PostgresAccount;
  /** The folder to make; it appears complete or not at all. */
  cluster: string;
  /** Name of the superuser and of the database made for it. */
  name: string;
  password: string;
  fsync: boolean;
}

/** Makes a PostgreSQL data folder with one database in it, sorted by code point whatever the machine's locale is. */
export async function createCluster({ programs, account, cluster, name, password, fsync }: NewCluster): Promise<void> {
  const work = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  await rm(work, { recursive: true, force: true }); // from a start that was killed half-way
  await mkdir(work, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.owner !== undefined) {
    for (const path of [work, passwordFile]) await chown(path, account.owner.uid, account.owner.gid);
  }
  try {
    await runProgram(account, join(programs, 'initdb'), [
      `--pgdata=${work}`,
      `--username=${name}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(fsync ? [] : ['--no-sync']),
    ]);
    const singleUser = ['--single', '-D', work, ...(fsync ? [] : ['-F']), 'postgres'];
    await runProgram(account, join(programs, 'postgres'), singleUser, `CREATE DATABASE ${name};\n`);
    await rename(work, cluster);
  } finally {
    await rm(passwordFile, { force: true });
  }
}
