import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

/** Hears which executions were closed: the push beside the durable flag. Subscribes again by itself after a break. */
export async function listenForClosed(
  subscriber: Redis,
  keys: Keys,
  onClosed: (executionId: string) => void,
): Promise<void> {
  subscriber.on('message', (channel: string, executionId: string) => {
    if (channel === keys.closed) onClosed(executionId);
  });
  await subscriber.subscribe(keys.closed);
}
