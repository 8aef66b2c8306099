import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Servers } from './stage.ts';

const FOLDER = resolve(import.meta.dirname, '../peers');

/** What Gantry is measured beside; each is a file of peers/src, which says how it is set up. */
export const PEERS = ['bullmq-flows', 'dbos', 'openworkflow', 'pg-boss', 'graphile-worker'] as const;
export type PeerName = (typeof PEERS)[number];

/** They have a lock file of their own, so that nobody who installs Gantry installs them. */
export function peersAreInstalled(): boolean {
  return existsSync(resolve(FOLDER, 'node_modules'));
}

/** A peer, running in a process of its own. */
export class Peer implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static async start(name: PeerName, { redis, postgres }: Servers, concurrency: number): Promise<Peer> {
    const addresses = { redisUrl: redis.url, databaseUrl: postgres.url, concurrency };
    const child = fork(resolve(FOLDER, `src/${name}.ts`), [JSON.stringify(addresses)]);
    await told(name, child);
    return new Peer(child);
  }

  /** @returns chains a second, from the first call to the last chain that is over */
  async run(steps: number, chains: number): Promise<number> {
    this.#process.send({ steps, chains });
    const [{ ms }] = (await told('a peer', this.#process)) as [{ ms: number }];
    return (chains / ms) * 1_000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.disconnect();
    await gone;
  }
}

/** Rejects when the process ends; to be listened for no longer than something is expected of it. */
async function failed(name: string, child: ChildProcess, signal: AbortSignal): Promise<never> {
  const [code] = await once(child, 'exit', { signal });
  throw new Error(`${name} ended (${code})`);
}

async function told(name: string, child: ChildProcess): Promise<unknown[]> {
  const heard = new AbortController();
  try {
    return await Promise.race([once(child, 'message', { signal: heard.signal }), failed(name, child, heard.signal)]);
  } finally {
    heard.abort();
  }
}
