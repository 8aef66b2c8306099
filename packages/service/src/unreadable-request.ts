import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** What a request is refused with that Node's parser takes no further: it never reaches a handler. */
export type UnreadableStatus = 400 | 408 | 431;

/** How long a refused client may go on sending: a connection closed under its hands would take the answer away. */
const LINGER_MS = 2_000;

export function statusOfUnreadable(error: NodeJS.ErrnoException): UnreadableStatus {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 431;
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return 400;
}

/** Answers on the bare connection, of which nothing more is read as requests. */
export function answerUnreadable(socket: Socket, status: UnreadableStatus, contentType: string, body: string): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    `content-type: ${contentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  hangUp(socket);
}

/** Says goodbye, reads away what still comes, and closes once the other side does, or soon. */
export function hangUp(socket: Socket): void {
  socket.end();
  socket.resume();
  const deadline = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(deadline));
}
