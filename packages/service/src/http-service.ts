import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from './logger.ts';
import type { Service } from './service.ts';

/** Longer than load balancers keep a connection: they must be the ones that close it. */
const KEEP_ALIVE_SECONDS = 65;

/** How long a connection may say nothing. */
const SILENCE_MS = 120_000;

export interface HttpServiceOptions {
  name: string;
  handler: RequestListener;
  host: string;
  /** 0 lets the system choose. */
  port: number;
  logger: Logger;
  /** Take another free port, and say so, when this one is taken. Else start() fails. */
  anotherPortIfTaken?: boolean;
  /** How long a connection is kept on which nothing is asked. */
  keepAliveSeconds?: number;
  /** How long requests under way may take after stop(). */
  drainMs?: number;
}

export interface HttpService extends Service {
  /** Where it listens; known once started. */
  readonly port: number;
}

/** An HTTP server as a service: stop() refuses new connections, lets requests under way finish, closes idle ones. */
export function createHttpService(options: HttpServiceOptions): HttpService {
  const { name, handler, host, logger, drainMs = 10_000, keepAliveSeconds = KEEP_ALIVE_SECONDS } = options;
  const server = createServer({ keepAliveTimeout: keepAliveSeconds * 1_000, requestTimeout: 0 }, handler);
  // Limits are on silence, not on time in all: an upload that makes progress may take as long as it does.
  server.setTimeout(SILENCE_MS);
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  let started: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  async function start(): Promise<void> {
    try {
      await listen(server, host, options.port);
    } catch (error) {
      if (!options.anotherPortIfTaken || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await listen(server, host, 0);
      logger.warn({ service: name, taken: options.port, port: portOf(server) }, 'the port is taken: using another');
    }
    logger.info({ service: name, host, port: portOf(server) }, 'listening');
  }

  return {
    name,
    get port() {
      return portOf(server);
    },
    start: () => (started ??= start()),
    stop: () => (stopped ??= close(server, connections, drainMs)),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server, connections: ReadonlySet<Socket>, drainMs: number): Promise<void> {
  if (!server.listening) return;
  // A connection that was busy when close() was called turns idle later, and Node does not count one that never sent
  // a byte as idle: nobody else closes these.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  }, 50);
  const deadline = setTimeout(() => server.closeAllConnections(), drainMs);
  try {
    await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
