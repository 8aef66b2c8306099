import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@gantry/local-servers/find-program';
import { findRedis } from '@gantry/local-servers/find-redis';
import { freePort } from '@gantry/local-servers/free-port';
import { postgresAccount } from '@gantry/local-servers/postgres-account';
import { startServerProcess } from '@gantry/local-servers/server-process';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { Redis } from 'ioredis';
import { Client } from 'pg';

const CACHE_DIR = resolve(import.meta.dirname, '../../../.gantry/cache');
const DOCS = resolve(import.meta.dirname, '../../../docs');

const CERTIFICATE_RULES = `[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = localhost
[extensions]
basicConstraints = critical, CA:true
subjectAltName = DNS:localhost, IP:127.0.0.1
`;

/** A folder with `server.key`, and `server.crt` for localhost, its own authority. */
export async function makeCertificate() {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-test-guarded-'));
  await chmod(folder, 0o755); // for the user that PgBouncer runs as
  const rules = join(folder, 'rules');
  const key = join(folder, 'server.key');
  const certificate = join(folder, 'server.crt');
  await writeFile(rules, CERTIFICATE_RULES);
  const openssl = await findProgram(
    {
      title: 'OpenSSL',
      names: ['openssl'],
      probe: 'version',
      debianPackage: 'openssl',
      howToInstall: 'Install it: "apt-get install openssl"',
    },
    CACHE_DIR,
  );
  const what = ['-x509', '-config', rules, '-days', '2', '-noenc', '-newkey', 'rsa:2048', '-keyout', key];
  await promisify(execFile)(openssl.command, ['req', ...what, '-out', certificate], { env: openssl.env });
  await chmod(key, 0o644);
  return { folder, key, certificate, remove: () => rm(folder, { recursive: true }) };
}

export type Certificate = Awaited<ReturnType<typeof makeCertificate>>;

/** A Redis that speaks TLS alone, knows no CONFIG, and has the users that docs/redis.md says are enough. */
export async function startGuardedRedis({ folder, key, certificate }: Certificate) {
  const port = await freePort();
  const { command, env } = await findRedis(CACHE_DIR);
  const users = (await readFile(join(DOCS, 'redis.md'), 'utf8')).match(/^user (default|gantry) .*$/gm) ?? [];
  await writeFile(join(folder, 'users.acl'), ['user watcher on >watcher ~* &* +acl', ...users, ''].join('\n'));
  const settings = [
    ...['port 0', `tls-port ${port}`, 'bind 127.0.0.1', 'tls-auth-clients no', `dir ${folder}`],
    ...[`tls-cert-file ${certificate}`, `tls-key-file ${key}`, `tls-ca-cert-file ${certificate}`],
    ...[
      `aclfile ${join(folder, 'users.acl')}`,
      'rename-command CONFIG ""',
      'maxmemory-policy noeviction',
      'appendonly yes',
    ],
  ];
  await writeFile(join(folder, 'redis.conf'), `${settings.join('\n')}\n`);
  const start = () =>
    startServerProcess({
      name: 'Redis',
      command,
      args: [join(folder, 'redis.conf')],
      env,
      dataDir: folder,
      readyLine: 'Ready to accept connections',
      stopSignal: 'SIGTERM',
    });
  let server = await start();
  return {
    url: `rediss://gantry:password@localhost:${port}`,
    /** It is killed, and starts again with what its append-only file has. */
    async crash() {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
      server = await start();
    },
    /** What its users were refused. */
    async refusals() {
      const watcher = new Redis(`rediss://watcher:watcher@localhost:${port}`, {
        tls: { ca: await readFile(certificate) },
        enableReadyCheck: false,
      });
      try {
        return await watcher.call('ACL', 'LOG');
      } finally {
        watcher.disconnect();
      }
    },
    stop: () => server.stop(),
  };
}

/**
 * A database whose owner may do nothing else, behind PgBouncer in transaction mode, with TLS and with what
 * docs/operations.md says that it needs.
 */
export async function startPooledDatabase({ folder, key, certificate }: Certificate) {
  const pgbouncer = await findProgram(
    {
      title: 'PgBouncer',
      names: ['pgbouncer'],
      probe: '--version',
      debianPackage: 'pgbouncer',
      howToInstall: 'Install it: "apt-get install pgbouncer"',
    },
    CACHE_DIR,
  );
  const operations = await readFile(join(DOCS, 'operations.md'), 'utf8');
  const [ignored] = operations.match(/^ *ignore_startup_parameters = .*$/m) ?? [];
  const limits = operations.match(/^ *alter role gantry set .*$/gm) ?? [];

  const database = await freshDatabase();
  const { hostname, port: postgresPort, pathname } = new URL(database.url);
  const name = pathname.slice(1);
  const role = `owner_${randomBytes(6).toString('hex')}`;
  const query = async (...statements: string[]) => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await query(
    `create role ${role} login password 'password'`,
    `alter database ${name} owner to ${role}`,
    ...limits.map((limit) => limit.replace('role gantry', `role ${role}`)),
  );

  const port = await freePort();
  const dataDir = await mkdtemp(join(folder, 'pgbouncer-'));
  const settingsFile = join(dataDir, 'pgbouncer.ini');
  const usersFile = join(dataDir, 'users.txt');
  await chmod(dataDir, 0o755);
  await writeFile(usersFile, `"${role}" "password"\n`);
  const settings = [
    ...['[databases]', `${name} = host=${hostname} port=${postgresPort}`],
    ...[
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'pool_mode = transaction',
    ],
    ...['auth_type = plain', `auth_file = ${usersFile}`, 'default_pool_size = 30', ignored ?? ''],
    ...['client_tls_sslmode = require', `client_tls_key_file = ${key}`, `client_tls_cert_file = ${certificate}`],
  ];
  await writeFile(settingsFile, `${settings.join('\n')}\n`);
  const { prefix } = await postgresAccount([pgbouncer.command, settingsFile]);
  const [command = '', ...args] = [...prefix, pgbouncer.command, settingsFile];
  const server = await startServerProcess({
    name: 'PgBouncer',
    command,
    args,
    env: pgbouncer.env,
    dataDir,
    readyLine: 'process up',
    stopSignal: 'SIGINT',
  });
  return {
    url: `postgres://${role}:password@localhost:${port}/${name}?sslmode=verify-full&sslrootcert=${certificate}`,
    async stop() {
      await server.stop();
      await query(`reassign owned by ${role} to current_user`, `drop owned by ${role}`);
      await query(`drop role ${role}`).finally(() => database.drop());
    },
  };
}
