import { EXPRESSION_LIMITS } from './expression-limits.ts';

/** The expressions that are asked about an event cost more than is left for it. */
export class EffortError extends Error {
  override readonly name = 'EffortError';
}

/**
 * What the expressions that are asked about the events of one organization may cost in one go, in units of `Budget`. Each
 * event has a little of its own, so that an event that is cheap to decide on is never refused for its neighbours; what
 * it needs beyond that comes out of a share they have together.
 */
export class Effort {
  #ofEvent: number = EXPRESSION_LIMITS.costOfEvent;
  #shared: number = EXPRESSION_LIMITS.sharedCost;

  nextEvent(): void {
    this.#ofEvent = EXPRESSION_LIMITS.costOfEvent;
  }

  /** @throws EffortError once nothing is left */
  spend(units: number): void {
    const own = Math.min(units, this.#ofEvent);
    this.#ofEvent -= own;
    const beyond = units - own;
    if (beyond > this.#shared) throw new EffortError('the subscriptions of the project cost too much for this event');
    this.#shared -= beyond;
  }
}
