import type { Redis } from 'ioredis';
import { loadScript } from './script.ts';

const script = loadScript('put-back', { whenFull: true });

interface PutBackOptions {
  /** @returns the name of a key of the queue */
  toKey: (type: string) => string;
  /** Of the lock of the job. */
  token: string;
  /** Due in so many ms, by the clock of Redis. */
  waitMs: number;
}

/** Puts a job of BullMQ back that is taken, or changes when one is due that is put back; one that is another's by now is left. */
export async function putBack(redis: Redis, id: string, { toKey, token, waitMs }: PutBackOptions): Promise<void> {
  await script(redis, ['active', 'delayed', 'marker', id].map(toKey), [id, token, waitMs]);
}
