import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { hangUp } from './hang-up.ts';

/** A body that brings less between two looks is cut: nobody is held by a client that sends a byte now and then. */
const MIN_BYTES = 1_024;

interface Connection {
  /** The request under way, until it is answered. */
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** Of the socket, at the last look during this request. */
  bytesSeen: number | undefined;
  trusted: boolean;
}

interface ConnectionRules {
  /** How many at once. */
  limit: number;
  /** Whether the client of a request that was answered is known: its connection is the last that is given up. */
  isTrusted: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Answers a request whose body does not come. */
  refuseSlow: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The connections of a server: makes room for new ones, and finds those that hold one without using it. */
export class HttpConnections {
  readonly #rules: ConnectionRules;
  /** The longest idle first. */
  readonly #open = new Map<Socket, Connection>();

  constructor(rules: ConnectionRules) {
    this.#rules = rules;
  }

  /** A new one; when there are too many, one that idles goes for it, those of strangers first, else it goes itself. */
  add(socket: Socket): void {
    if (this.#open.size >= this.#rules.limit && !this.#giveUpOne()) {
      socket.destroy();
      return;
    }
    this.#open.set(socket, { request: undefined, response: undefined, bytesSeen: undefined, trusted: false });
    socket.once('close', () => this.#open.delete(socket));
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    Object.assign(connection, { request, response, bytesSeen: undefined });
    response.once('close', () => {
      if (this.#rules.isTrusted(request, response)) connection.trusted = true;
      if (connection.request !== request || !this.#open.delete(socket)) return;
      Object.assign(connection, { request: undefined, response: undefined });
      if (!socket.destroyed) this.#open.set(socket, connection);
    });
  }

  /** To be called now and then: ends requests whose bodies came to less than 1 KiB since the last call. */
  cutSlow(): void {
    for (const [socket, connection] of this.#open) {
      const { request, response, bytesSeen } = connection;
      if (request === undefined || response === undefined || request.complete) continue;
      connection.bytesSeen = socket.bytesRead;
      // What lies here unread is not the client's fault.
      const isAwaited = request.readableFlowing !== false && request.readableLength === 0;
      if (bytesSeen === undefined || !isAwaited || socket.bytesRead - bytesSeen >= MIN_BYTES) continue;
      this.#rules.refuseSlow(request, response);
      response.end(() => {
        request.resume();
        hangUp(socket);
      });
    }
  }

  /** Whether an answer on the bare connection would come into another one. */
  isAnswering(socket: Socket): boolean {
    return this.#open.get(socket)?.response?.headersSent ?? false;
  }

  /** Node does not count connections that never sent a byte as idle. */
  closeUnused(): void {
    for (const socket of this.#open.keys()) if (socket.bytesRead === 0) socket.destroy();
  }

  #giveUpOne(): boolean {
    const idle = [...this.#open].filter(([, { request }]) => request === undefined);
    const [socket] = idle.find(([, { trusted }]) => !trusted) ?? idle[0] ?? [];
    if (socket === undefined) return false;
    this.#open.delete(socket);
    socket.destroy();
    return true;
  }
}
