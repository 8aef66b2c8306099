import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { ClusterUrl } from '@gantry/contracts/redis-url';
import { AbstractConnector, Redis } from 'ioredis';

interface Address {
  host: string;
  port: number;
}

const ANSWER_MS = 1_500;
const RETRY_MS = 250;

/**
 * For connections to the master of a Redis Cluster that has the keys of a shard. They are all in one slot, so that a
 * connection to one server will do, as it does without a Cluster; whoever it is, is asked anew each time it is made.
 * @param slot of the keys
 */
export function clusterConnector({ nodes, username, password, tls }: ClusterUrl, slot: number) {
  let known: readonly Address[] = nodes;
  const account = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };

  /** Asks one node. @returns undefined when it does not know, or is cut off from the others */
  const ask = async (node: Address): Promise<Address | undefined> => {
    const redis = new Redis({
      ...{ ...node, ...account, lazyConnect: true, enableReadyCheck: false, retryStrategy: null },
      ...{ connectTimeout: ANSWER_MS, commandTimeout: ANSWER_MS, maxRetriesPerRequest: 0, ...(tls && { tls: {} }) },
    });
    redis.on('error', () => {});
    try {
      await redis.connect();
      const [info, ranges] = await Promise.all([redis.cluster('INFO'), redis.cluster('SLOTS')]);
      if (!info.includes('cluster_state:ok')) return undefined;
      // A node that does not know its own name means the one that it was asked by.
      const masters = ranges.map(([first, last, master]) => {
        const address = { host: master?.[0] || node.host, port: master?.[1] ?? node.port };
        return { first, last, address };
      });
      const addresses = [...masters.map(({ address }) => address), ...nodes];
      known = [...new Map(addresses.map((one) => [`${one.host} ${one.port}`, one])).values()];
      return masters.find(({ first, last }) => first <= slot && slot <= last)?.address;
    } catch {
      return undefined;
    } finally {
      redis.disconnect();
    }
  };

  return class extends AbstractConnector {
    constructor(options: unknown) {
      super((options as { disconnectTimeout: number }).disconnectTimeout);
    }

    /** @param info what the server says of itself */
    override check(info: { role?: string }): boolean {
      return info.role !== 'slave';
    }

    async connect() {
      this.connecting = true;
      const master = await this.#findMaster();
      const stream = tls ? connectTls(master) : createConnection(master);
      this.stream = stream;
      stream.once('error', (error) => {
        this.firstError = error;
      });
      return stream;
    }

    /** Until one is found: to whom a connection is made is not known otherwise. */
    async #findMaster(): Promise<Address> {
      for (;;) {
        for (const node of known) {
          if (!this.connecting) throw new Error('Connection is closed.');
          const master = await ask(node);
          if (master && this.connecting) return master;
        }
        await delay(RETRY_MS);
      }
    }
  };
}
