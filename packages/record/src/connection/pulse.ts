import type { Socket } from 'node:net';
import pg from 'pg';
import { GatheringSocket } from './gathering-socket.ts';

/** Postgres takes what is sent and does not answer: it is frozen, or the network swallows one direction. */
export class DatabaseSilentError extends Error {
  override readonly name = 'DatabaseSilentError';

  constructor() {
    super('Postgres does not answer');
  }
}

/** The clock ticks this often, and only ticks count: a process that was itself paused does not blame Postgres. */
const TICK_MS = 500;
const TICKS_BETWEEN = 2;
const PATIENCE_TICKS = 6;

/** Longer than a statement may take; who keeps connections that nobody uses ends them earlier. */
export const SOCKET_SILENT_MS = 40_000;

/**
 * Asks Postgres whether it lives when it has said nothing to anybody for a second. TCP alone tells of a silent peer after a quarter of an hour; here, after 3 s
 * every connection is cut, so that whoever waits for an answer gets an error, and `silent` says that nobody need try.
 * An error is a sign of life: only no answer at all is none.
 */
export class Pulse {
  readonly #sockets = new Set<Socket>();
  readonly #config: pg.ClientConfig;
  #timer: NodeJS.Timeout | undefined;
  #client: pg.Client | undefined;
  #asking = false;
  #ticks = 0;
  #silent = false;
  /** Bytes that have come over the connections there are. */
  #heard = 0;
  /** While true, a connection may be silent as long as it likes, if only Postgres answers others. */
  patient = false;

  /** @param config how to connect; its name is what pg_stat_activity shows */
  constructor(config: pg.ClientConfig) {
    this.#config = { ...config, stream: () => this.socket() };
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** The socket of a new connection, which is cut when Postgres falls silent, or it alone. */
  socket(): Socket {
    const socket = new GatheringSocket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.setTimeout(SOCKET_SILENT_MS, () => {
      if (!this.patient) socket.destroy(new DatabaseSilentError());
    });
    return socket;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Cuts what is still open: call it last. */
  stop(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #tick(): void {
    this.#ticks += 1;
    if (this.#asking) {
      if (this.#ticks >= PATIENCE_TICKS) this.#cut();
    } else if (this.#hears()) this.#ticks = 0;
    else if (this.#ticks >= TICKS_BETWEEN) void this.#ask();
  }

  /** Whether anything has come since it was asked last. */
  #hears(): boolean {
    const before = this.#heard;
    this.#heard = 0;
    for (const { bytesRead } of this.#sockets) this.#heard += bytesRead;
    return this.#heard > before;
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    this.#ticks = 0;
    try {
      this.#client ??= await this.#connect();
      await this.#client.query('select 1');
      this.#silent = false;
    } catch (error) {
      this.#client = undefined;
      this.#silent = error instanceof DatabaseSilentError;
    }
    this.#hears();
    this.#asking = false;
    this.#ticks = 0;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client(this.#config);
    client.on('error', () => {}); // the next question finds out
    await client.connect();
    return client;
  }

  #cut(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.destroy(new DatabaseSilentError());
  }
}
