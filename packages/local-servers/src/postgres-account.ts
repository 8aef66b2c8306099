import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** As which user Postgres' programs run. */
export interface PostgresAccount {
  /** The user that must own the data; undefined: the one this process runs as. */
  owner?: { uid: number; gid: number };
  /** A command that goes in front of each program and changes the user. */
  prefix: readonly string[];
}

/**
 * Postgres refuses to run as root. A plain user runs it as itself; root runs it as the system user `postgres`, which is
 * made if it is missing. If that user may not enter one of `paths` (a checkout below /root, say), it is lent the one
 * capability it needs for that. Throws an error that says what to do where that is impossible.
 */
export async function postgresAccount(paths: readonly string[]): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  if ((await idOf('-u')) === undefined) {
    await execute('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(() => undefined);
  }
  const [uid, gid] = [await idOf('-u'), await idOf('-g')];
  if (uid === undefined || gid === undefined) {
    throw new Error(`Root cannot run Postgres, and the user "postgres" could not be made: ${WAYS_OUT}`);
  }
  const user = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  for (const prefix of [
    ['setpriv', ...user],
    ['setpriv', ...user, ...ENTER_ANY_FOLDER],
  ]) {
    if (await allReadable(prefix, paths)) return { owner: { uid, gid }, prefix };
  }
  throw new Error(
    `Root cannot run Postgres, and setpriv gives the user "postgres" no access to ${paths.join(' and ')}: ${WAYS_OUT}`,
  );
}

const WAYS_OUT = 'run the project as a plain user, or set DATABASE_URL';

const ENTER_ANY_FOLDER = [
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
  // Without it access(2), by which Postgres checks its own programs, would not count the capability.
  '--securebits=+no_setuid_fixup',
];

async function allReadable([command = '', ...args]: readonly string[], paths: readonly string[]): Promise<boolean> {
  const checks = paths.map((path) => execute(command, [...args, 'test', '-r', path], { cwd: '/' }));
  return Promise.all(checks).then(
    () => true,
    () => false,
  );
}

async function idOf(flag: '-u' | '-g'): Promise<number | undefined> {
  const output = await execute('id', [flag, 'postgres']).catch(() => undefined);
  return output === undefined ? undefined : Number(output.stdout);
}
