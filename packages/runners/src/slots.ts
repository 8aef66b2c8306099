export interface Slots {
  /** True once the caller holds a slot, in the order of asking; false when the signal fired or all was closed first. */
  acquire(signal?: AbortSignal): Promise<boolean>;
  release(): void;
  close(): void;
}

/** Places for steps: one is only handed to its runner when a place is free, so that its timeout measures the module. */
export function createSlots(count: number): Slots {
  let free = count;
  let closed = false;
  const waiting = new Set<(acquired: boolean) => void>();
  return {
    async acquire(signal) {
      if (closed || signal?.aborted) return false;
      if (free > 0) {
        free--;
        return true;
      }
      return new Promise((resolve) => {
        const settle = (acquired: boolean) => {
          waiting.delete(settle);
          signal?.removeEventListener('abort', giveUp);
          resolve(acquired);
        };
        const giveUp = () => settle(false);
        waiting.add(settle);
        signal?.addEventListener('abort', giveUp, { once: true });
      });
    },
    release() {
      const [next] = waiting;
      if (next === undefined) free++;
      else next(true);
    },
    close() {
      closed = true;
      for (const settle of waiting) settle(false);
    },
  };
}
