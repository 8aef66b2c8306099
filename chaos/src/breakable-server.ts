import type { LocalServer } from '@gantry/local-servers/local-server';
import { type FaultProxy, startFaultProxy } from '@gantry/testkit/fault-proxy';

type Start = (port?: number) => Promise<LocalServer>;

/** A Redis or a Postgres that can be killed and paused, reached over a network that can be broken. */
export class BreakableServer {
  readonly network: FaultProxy;
  readonly #start: Start;
  #server: LocalServer;

  static async start(start: Start): Promise<BreakableServer> {
    const server = await start();
    return new BreakableServer(start, server, await startFaultProxy({ host: '127.0.0.1', port: server.port }));
  }

  private constructor(start: Start, server: LocalServer, network: FaultProxy) {
    this.#start = start;
    this.#server = server;
    this.network = network;
  }

  /** Over the network that can be broken. */
  get url(): string {
    const url = new URL(this.#server.url);
    url.port = String(this.network.port);
    return url.href;
  }

  /** Past it. */
  get directUrl(): string {
    return this.#server.url;
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    process.kill(this.#server.pid, 'SIGKILL');
    await this.#server.exited;
  }

  /** Starts it again after a kill, with its port and its data. */
  async restart(): Promise<void> {
    const { port } = this.#server;
    await this.#server.stop();
    this.#server = await this.#start(port);
  }

  pause(): void {
    process.kill(this.#server.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.#server.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.network.stop();
    await this.#server.stop();
  }
}
