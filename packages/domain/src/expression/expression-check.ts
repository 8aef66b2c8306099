import { ExpressionError } from './expression-error.ts';

/** Whether an author's text may be saved. `position` is the 1-based column the message speaks of. */
export type ExpressionCheck = { ok: true } | { ok: false; message: string; position: number };

export function checked(compiled: object): ExpressionCheck {
  if (!(compiled instanceof ExpressionError)) return { ok: true };
  return { ok: false, message: compiled.message, position: compiled.position };
}
