import { EvaluationError } from './expression-error.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';

/**
 * What one evaluation may still cost. A unit is one element of a list or dict looked at, or a hundred characters;
 * it makes the time of an evaluation a matter of its limit and not of how large the values are.
 */
export class Budget {
  #left: number = EXPRESSION_LIMITS.cost;

  refill(): void {
    this.#left = EXPRESSION_LIMITS.cost;
  }

  /** @throws EvaluationError when the expression has cost too much */
  charge(units: number): void {
    this.#left -= 1 + units;
    if (this.#left < 0) throw new EvaluationError('the values are too large for this expression');
  }

  chargeText(characters: number): void {
    this.charge(Math.ceil(characters / 100));
  }
}
