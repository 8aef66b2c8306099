import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

const HEARTBEAT_MS = 5_000;

/**
 * Hears which executions were closed: the push beside the durable flag. Subscribes again by itself after a break, also
 * after one that only an unanswered question reveals. Ends with its connection.
 */
export async function listenForClosed(
  subscriber: Redis,
  keys: Keys,
  onClosed: (executionId: string) => void,
): Promise<void> {
  subscriber.on('message', (channel: string, executionId: string) => {
    if (channel === keys.closed) onClosed(executionId);
  });
  let asked = false;
  const ask = async () => {
    if (asked || subscriber.status !== 'ready') return;
    asked = true;
    await subscriber.ping().catch(() => {});
    asked = false;
  };
  const heartbeat = setInterval(ask, HEARTBEAT_MS).unref();
  subscriber.once('end', () => clearInterval(heartbeat));
  await subscriber.subscribe(keys.closed);
}
