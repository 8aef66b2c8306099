import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HttpConnections } from './http-connections.ts';
import type { Logger } from './logger.ts';
import { createServer } from './node-http.ts';
import { connectionLimit } from './open-files.ts';
import type { Service } from './service.ts';
import { answerUnreadable, statusOfUnreadable, type UnreadableStatus } from './unreadable-request.ts';

/** Longer than load balancers keep a connection: they must be the ones that close it. */
const KEEP_ALIVE_SECONDS = 65;

/** How long a connection may say nothing. */
const SILENCE_MS = 120_000;

/** How long a client may take to say what it asks for. */
const HEADERS_MS = 60_000;

const LOOK_MS = 15_000;

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
  /** Connections at once; by default what the open files of this process allow. */
  maxConnections?: number;
  /** Whether the client of an answered request is known: its connection is the last to go when there are too many. */
  isTrusted?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Answers a request whose body comes too slowly; a plain 408 by default. */
  refuseSlow?: (request: IncomingMessage, response: ServerResponse) => void;
  /** The body of the answer to a request that is no HTTP, or whose head is too large; none by default. */
  refusal?: (status: UnreadableStatus) => { contentType: string; body: string };
  /** How often bodies are looked at; one must bring 1 KiB between two looks. 15 s. */
  lookMs?: number;
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
  const server = createServer({
    keepAliveTimeout: keepAliveSeconds * 1_000,
    headersTimeout: HEADERS_MS,
    requestTimeout: 0,
  });
  // Limits are on silence, not on time in all: an upload that makes progress may take as long as it does.
  server.setTimeout(SILENCE_MS);
  const connections = new HttpConnections({
    limit: options.maxConnections ?? connectionLimit(),
    isTrusted: options.isTrusted ?? (() => false),
    refuseSlow: options.refuseSlow ?? plain408,
  });
  server.on('connection', (socket) => connections.add(socket));
  server.on('request', (request, response) => {
    connections.begin(request, response);
    handler(request, response);
  });
  server.on('clientError', (error, socket: Socket) => {
    if (!socket.writable) return; // gone, or refused before: what it goes on sending is an error each time
    if (connections.isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const status = statusOfUnreadable(error);
    const { contentType, body } = options.refusal?.(status) ?? { contentType: 'text/plain', body: '' };
    answerUnreadable(socket, status, contentType, body);
  });
  const looks = setInterval(() => connections.cutSlow(), options.lookMs ?? LOOK_MS).unref();
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

  async function stop(): Promise<void> {
    await started?.catch(() => undefined); // what does not listen yet cannot be closed
    clearInterval(looks);
    await close(server, connections, drainMs);
  }

  return {
    name,
    get port() {
      return portOf(server);
    },
    start: () => (started ??= stopped ?? start()),
    stop: () => (stopped ??= stop()),
  };
}

function plain408(_request: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(408);
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

async function close(server: Server, connections: HttpConnections, drainMs: number): Promise<void> {
  if (!server.listening) return;
  // A connection that was busy when close() was called turns idle later: nobody else closes it.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    connections.closeUnused();
  }, 50);
  const deadline = setTimeout(() => server.closeAllConnections(), drainMs);
  try {
    await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
