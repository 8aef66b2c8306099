import type { Budget } from './budget.ts';
import type { Dialect } from './dialect.ts';
import { evaluate, type Values } from './evaluate-expression.ts';
import { ExpressionError } from './expression-error.ts';
import { truthy } from './operators.ts';
import { parseExpression } from './parse-expression.ts';

export interface Expression {
  /** The names it reads. */
  readonly names: ReadonlySet<string>;
  /** Whether its value is true of these values. @throws EvaluationError, and nothing else, when it has none */
  readonly holds: (values: Values, budget: Budget) => boolean;
}

/** @returns the error that says where and what was expected, when the text is no expression */
export function compileExpression(text: string, dialect: Dialect): Expression | ExpressionError {
  try {
    const { root, names } = parseExpression(text, dialect);
    return { names, holds: (values, budget) => truthy(evaluate(root, values, budget), budget) };
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}
