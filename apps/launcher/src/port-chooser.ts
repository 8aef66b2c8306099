import { freePort, preferPort } from '@gantry/local-servers/free-port';

const LAST_PORT = 65_535;

/** Gives each process a port of its own, also while those that were given one do not listen yet. */
export class PortChooser {
  readonly #given = new Set<number>();

  /**
   * @param wanted a port in digits; given if nobody has it, else the next one that none of these processes has. Without
   * one, or with 0, any free port.
   */
  async choose(wanted: string | undefined): Promise<number> {
    let port = Number(wanted);
    while (this.#given.has(port)) port += 1;
    const isPort = Number.isInteger(port) && port > 0 && port <= LAST_PORT;
    let chosen = isPort ? await preferPort(port) : await freePort();
    while (this.#given.has(chosen)) chosen = await freePort();
    this.#given.add(chosen);
    return chosen;
  }
}
