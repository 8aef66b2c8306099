export interface ThreadSlots {
  /** True once the caller holds a slot, in the order of asking; false when the signal fired or all was closed first. */
  acquire(signal?: AbortSignal): Promise<boolean>;
  release(): void;
  close(): void;
}

/**
 * As many slots as there are threads, so that a run is only handed to the pool when a thread is free for it: its
 * timeout then measures the module, and no run waits in the pool for a thread that died.
 */
export function createThreadSlots(count: number): ThreadSlots {
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
