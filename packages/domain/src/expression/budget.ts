import { EvaluationError } from './expression-error.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';

/**
 * What one evaluation may still cost. A unit takes some 200 ns: a node of the expression, a list element or a dict key
 * that is looked at, twenty characters. So time is a matter of the limit and not of how large the values are.
 */
export class Budget {
  #left: number = EXPRESSION_LIMITS.cost;

  get spent(): number {
    return EXPRESSION_LIMITS.cost - Math.max(this.#left, 0);
  }

  /** @throws EvaluationError when the expression has cost too much */
  charge(units: number): void {
    this.#left -= 1 + units;
    if (this.#left < 0) throw new EvaluationError('the values are too large for this expression');
  }

  chargeText(characters: number): void {
    this.charge(Math.ceil(characters / 20));
  }
}
