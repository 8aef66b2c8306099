import { setTimeout as delay } from 'node:timers/promises';
import type { LocalServer } from '@gantry/local-servers/local-server';
import type { Logger } from '@gantry/service/logger';
import { RestartPauses } from './restart-pauses.ts';

/** What the launcher needs of a server, its own or one given by URL. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

interface ServerOptions {
  name: string;
  /** With a port, on that one: the apps know the server by it. */
  start: (port?: number) => Promise<LocalServer>;
  logger: Logger;
}

/** Starts a server, and again on its port and data whenever it ends without being stopped. Throws if the first start fails. */
export async function startKeptServer({ name, start, logger }: ServerOptions): Promise<Server> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let server = await start();
  const { url, port } = server;
  const kept = keepRunning();

  async function keepRunning(): Promise<void> {
    const pauses = new RestartPauses();
    for (;;) {
      const sinceMs = performance.now();
      await server.exited;
      if (signal.aborted) return;
      const pauseMs = pauses.next(performance.now() - sinceMs);
      logger.error({ server: name }, `ended by itself: starting it again in ${pauseMs / 1_000} s`);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        server = await start(port);
      } catch (err) {
        logger.error({ err, server: name }, 'could not be started');
      }
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await server.stop();
    await kept;
    await server.stop(); // it may just have been starting again
  }

  return { url, stop };
}
