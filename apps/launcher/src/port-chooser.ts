import { freePort, preferPort } from '@gantry/local-servers/free-port';

/** Gives each process a port of its own, also while those that were given one do not listen yet. */
export class PortChooser {
  readonly #given = new Set<number>();

  /** @param wanted a port in digits; given if nobody has it. Without one, or with 0, any free port. */
  async choose(wanted: string | undefined): Promise<number> {
    const port = Number(wanted);
    let chosen =
      Number.isInteger(port) && port > 0 && !this.#given.has(port) ? await preferPort(port) : await freePort();
    while (this.#given.has(chosen)) chosen = await freePort();
    this.#given.add(chosen);
    return chosen;
  }
}
