import { freePort } from '@gantry/local-servers/free-port';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { REDIS_DATABASES, type ServerStarter, type TestServer } from './test-server.ts';

const REDIS_PORT = 6379;
const POSTGRES_PORT = 5432;

/** Servers in containers. */
export const containerStarter: ServerStarter = {
  startRedis(durable) {
    const settings = ['--save', '', '--appendonly', durable ? 'yes' : 'no', '--databases', String(REDIS_DATABASES)];
    const container = new GenericContainer('redis:8-alpine')
      .withCommand(['redis-server', '--maxmemory-policy', 'noeviction', ...settings])
      .withWaitStrategy(Wait.forSuccessfulCommand('redis-cli ping'));
    return startContainer(container, REDIS_PORT, (address) => `redis://${address}`);
  },
  startPostgres(durable) {
    const settings = durable ? [] : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];
    const container = new GenericContainer('postgres:18-alpine')
      .withEnvironment({ POSTGRES_USER: 'gantry', POSTGRES_PASSWORD: 'gantry' })
      .withCommand(['postgres', ...['max_connections=200', ...settings].flatMap((setting) => ['-c', setting])])
      // Over TCP: the server that the image runs while it sets itself up takes local connections only.
      .withWaitStrategy(Wait.forSuccessfulCommand('pg_isready -h 127.0.0.1 -U gantry'));
    return startContainer(container, POSTGRES_PORT, (address) => `postgres://gantry:gantry@${address}/gantry`);
  },
};

async function startContainer(
  container: GenericContainer,
  port: number,
  urlOf: (address: string) => string,
): Promise<TestServer> {
  // A chosen port stays the same over a restart; one that the engine chooses does not.
  const host = await freePort();
  const started = await container.withExposedPorts({ container: port, host }).start();
  return {
    url: urlOf(`${started.getHost()}:${host}`),
    async kill() {
      const client = await getContainerRuntimeClient();
      await client.container.getById(started.getId()).kill();
    },
    restart: () => started.restart(),
    async stop() {
      await started.stop();
    },
  };
}
