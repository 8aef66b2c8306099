import type { Environment } from '@marcbachmann/cel-js';
import type { Json } from '../json.ts';
import { Budget } from './budget.ts';
import { celEnvironment } from './cel-environment.ts';
import type { Dialect } from './dialect.ts';
import { EvaluationError, ExpressionError } from './expression-error.ts';
import { ExpressionValue } from './expression-value.ts';
import { truthy } from './operators.ts';
import { translateExpression } from './translate-expression.ts';

export interface Expression {
  /** The names it reads. */
  readonly names: ReadonlySet<string>;
  /** Whether its value is true of these values. @throws EvaluationError, and nothing else, when it has none */
  readonly holds: (values: Readonly<Record<string, Json>>) => boolean;
}

/** The expressions of one dialect. */
export class Language {
  readonly #dialect: Dialect;
  readonly #budget = new Budget();
  readonly #environment: Environment;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.#environment = celEnvironment(dialect, this.#budget);
  }

  /** @returns the error that says where and what was expected, when the text is no expression */
  compile(text: string): Expression | ExpressionError {
    try {
      const { cel, names } = translateExpression(text, this.#dialect);
      const evaluate = this.#environment.parse(cel);
      return { names, holds: (values) => truthy(this.#evaluate(evaluate, names, values)) };
    } catch (error) {
      return error instanceof ExpressionError ? error : new ExpressionError(0, 'this cannot be read');
    }
  }

  #evaluate(
    evaluate: (values: Record<string, ExpressionValue>) => unknown,
    names: ReadonlySet<string>,
    values: Readonly<Record<string, Json>>,
  ): Json {
    this.#budget.refill();
    const bound = Object.fromEntries(
      [...names].map((name) => [`n_${name}`, new ExpressionValue(values[name] ?? null)]),
    );
    try {
      const value = evaluate(bound);
      if (value instanceof ExpressionValue) return value.json;
    } catch (error) {
      if (error instanceof EvaluationError) throw error;
      // The comparison of two values that are nested thousands of times ends in the engine's own limit.
      throw new EvaluationError('the values are nested too deeply for this expression', { cause: error });
    }
    throw new EvaluationError('the expression has no value');
  }
}
