import { ExpressionError } from './expression-error.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import type { Token } from './scan-expression.ts';

/** Counts what is read of an expression, so that none is read that would be too much to evaluate. */
export class ReadingLimits {
  #depth = 0;
  #terms = 0;

  /** Reads what a token opens. @throws ExpressionError when that is too deep */
  deeper<Read>(token: Token, read: () => Read): Read {
    this.#depth += 1;
    const { depth } = EXPRESSION_LIMITS;
    if (this.#depth > depth) {
      throw new ExpressionError(token.offset, `expected at most ${depth} levels of brackets and negations`);
    }
    const node = read();
    this.#depth -= 1;
    return node;
  }

  /** A name, text or number was read. @throws ExpressionError when there are too many */
  count(token: Token): void {
    this.#terms += 1;
    const { terms } = EXPRESSION_LIMITS;
    if (this.#terms > terms) {
      throw new ExpressionError(token.offset, `expected at most ${terms} names, texts and numbers`);
    }
  }
}
