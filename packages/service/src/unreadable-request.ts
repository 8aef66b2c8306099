import type { Socket } from 'node:net';
import { hangUp } from './hang-up.ts';
import { STATUS_CODES } from './node-http.ts';

/** What a request is refused with that Node's parser takes no further: it never reaches a handler. */
export type UnreadableStatus = 400 | 408 | 431;

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
