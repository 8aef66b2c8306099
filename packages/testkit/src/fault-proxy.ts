import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A network between clients and one server that can be broken. Each fault lasts until the next one or `heal`. */
export interface FaultProxy {
  /** Where clients connect to, on 127.0.0.1. */
  readonly port: number;
  /** Half-open: connections stay, new ones are accepted, no byte passes either way. What was sent passes after `heal`. */
  hang(): void;
  /** Half-open for ever: not a byte passes on the present connections, not even after `heal`. New ones pass. */
  strand(): void;
  /** Resets the present connections. New ones pass. */
  cut(): void;
  /** Resets the present connections and every new one. */
  refuse(): void;
  /** Delays each piece of data by `ms`, in order. */
  slow(ms: number): void;
  /** Ends the fault. */
  heal(): void;
  /** Resets all connections and stops listening. */
  stop(): Promise<void>;
}

interface Link {
  readonly sockets: Socket[];
  stranded: boolean;
}

/**
 * Starts a proxy in front of the server at `target`. It holds no more than sockets buffer by themselves: while nothing
 * passes, nothing more is read.
 */
export async function startFaultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  const links = new Set<Link>();
  let delayMs = 0;
  let refusing = false;
  let hung: PromiseWithResolvers<void> | undefined;

  /** Resolves once data may pass on the link; false: never again. */
  async function passes(link: Link): Promise<boolean> {
    if (delayMs > 0) await delay(delayMs, undefined, { ref: false });
    while (hung !== undefined) await hung.promise;
    return !link.stranded;
  }

  async function pump(link: Link, from: Socket, to: Socket): Promise<void> {
    try {
      // `destroyOnReturn`: a stranded socket stays open.
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        if (!(await passes(link))) return;
        if (!to.write(chunk)) await once(to, 'drain');
      }
      if (await passes(link)) to.end();
    } catch {
      if (await passes(link)) reset(link);
    }
  }

  async function accept(client: Socket): Promise<void> {
    const link: Link = { sockets: [], stranded: false };
    hold(link, client);
    if (refusing) return reset(link);
    if (!(await passes(link)) || client.destroyed) return;
    const server = hold(link, connect({ ...target, allowHalfOpen: true, noDelay: true }));
    await Promise.all([pump(link, client, server), pump(link, server, client)]);
  }

  function hold(link: Link, socket: Socket): Socket {
    link.sockets.push(socket);
    links.add(link);
    socket.on('error', () => undefined); // the pumps see it
    socket.on('close', () => {
      if (link.sockets.every(({ closed }) => closed)) links.delete(link);
    });
    return socket;
  }

  function change(next: { hang?: boolean; refuse?: boolean; delayMs?: number }): void {
    refusing = next.refuse ?? false;
    delayMs = next.delayMs ?? 0;
    if (next.hang) hung ??= Promise.withResolvers();
    else {
      hung?.resolve();
      hung = undefined;
    }
  }

  function resetAll(): void {
    for (const link of links) reset(link);
  }

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => void accept(client));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    hang: () => change({ hang: true }),
    strand() {
      for (const link of links) link.stranded = true;
      change({});
    },
    cut() {
      resetAll();
      change({});
    },
    refuse() {
      resetAll();
      change({ refuse: true });
    },
    slow: (ms) => change({ delayMs: ms }),
    heal: () => change({}),
    async stop() {
      const closed = once(listener, 'close');
      listener.close();
      resetAll();
      change({});
      await closed;
    },
  };
}

function reset({ sockets }: Link): void {
  for (const socket of sockets) {
    // A socket that is being shut down cannot be reset, and would stay open for ever.
    const isEnding = socket.writableEnded && !socket.writableFinished;
    if (isEnding) socket.destroy();
    else socket.resetAndDestroy();
  }
}
