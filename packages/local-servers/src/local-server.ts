import type { ServerProcess } from './server-process.ts';

/** A server of this machine that is up, with what is needed to reach it. */
export interface LocalServer extends ServerProcess {
  readonly url: string;
  readonly port: number;
}
