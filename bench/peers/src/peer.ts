/**
 * What every peer does: runs chains of `steps` no-op steps, from the first call to the last chain that is over. A peer is a
 * process of its own that bench/src/peers.ts starts with the addresses of the servers and asks for runs.
 */
export interface Peer {
  /** @returns once all are over */
  run(steps: number, chains: number): Promise<void>;
}

export interface Addresses {
  redisUrl: string;
  databaseUrl: string;
  /** Chains, or steps, that it runs at the same time, as Gantry's one worker does. */
  concurrency: number;
}

/** Steps of the longest chain that is asked for. */
export const MAX_STEPS = 10;

interface Ask {
  steps: number;
  chains: number;
}

/** Serves the bench from this process until it hangs up. */
export async function servePeer(start: (addresses: Addresses) => Promise<Peer>): Promise<void> {
  const peer = await start(JSON.parse(process.argv[2] ?? '{}'));
  process.on('message', async ({ steps, chains }: Ask) => {
    const began = performance.now();
    await peer.run(steps, chains);
    process.send?.({ ms: performance.now() - began });
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}

/** Counts chains that are over. */
export class Finish {
  #left = 0;
  #done = Promise.withResolvers<void>();

  expect(chains: number): Promise<void> {
    this.#left = chains;
    this.#done = Promise.withResolvers<void>();
    return this.#done.promise;
  }

  over(chains = 1): void {
    this.#left -= chains;
    if (this.#left <= 0) this.#done.resolve();
  }
}

/** Does something `times` times, never more than `atOnce` at the same time. */
export async function inParallel(times: number, atOnce: number, work: () => Promise<unknown>): Promise<void> {
  let left = times;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
