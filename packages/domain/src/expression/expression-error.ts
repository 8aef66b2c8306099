/** An expression that is no sentence of the language or passes one of its limits: refused when it is saved. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** The 1-based column, in UTF-16 code units, at which reading stopped. */
  readonly position: number;

  /** @param offset 0-based */
  constructor(offset: number, problem: string) {
    super(`column ${offset + 1}: ${problem}`);
    this.position = offset + 1;
  }
}

/** An expression that is well formed but has no answer for these values: `1 / 0`, `None < 5`. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}
