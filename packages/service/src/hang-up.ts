import type { Socket } from 'node:net';

/** How long a refused client may go on sending: a connection closed under its hands would take the answer away. */
const LINGER_MS = 2_000;

/** Says goodbye, reads away what still comes, and closes once the other side does, or soon. */
export function hangUp(socket: Socket): void {
  socket.end();
  socket.resume();
  const deadline = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(deadline));
}
