import type { JsonObject } from '../json.ts';
import { Budget } from './budget.ts';
import { compileExpression, type Expression } from './compile-expression.ts';
import type { Dialect } from './dialect.ts';
import type { Values } from './evaluate-expression.ts';
import { checked, type ExpressionCheck } from './expression-check.ts';
import { EvaluationError, ExpressionError } from './expression-error.ts';

import { recall } from './recall.ts';

const DIALECT: Dialect = {
  names: ['context', 'metadata', 'external_data', 'input_event'],
  unknownNames: 'None',
  functions: {},
};

const ALWAYS: Expression = { names: new Set(), holds: () => true };

const compile = recall((text) => (text.trim() === '' ? ALWAYS : compileExpression(text, DIALECT)));

/** Whether a text may be saved as the conditional of a step. A blank one always holds. */
export function checkConditional(text: string): ExpressionCheck {
  return checked(compile(text));
}

/** Whether a step runs. `error` says why its conditional had no answer, which skips it too. */
export type Verdict = { run: true } | { run: false; error: string | null };

/**
 * Judges the conditional of a step. `context` is the execution's, `metadata` the document family's, where there is one.
 * A step without a conditional runs.
 */
export function judgeConditional(
  text: string | null | undefined,
  { context, metadata }: { context: JsonObject; metadata: JsonObject | null },
): Verdict {
  const conditional = compile(text ?? '');
  if (conditional instanceof ExpressionError) return { run: false, error: conditional.message };
  const values: Values = {
    context,
    metadata: metadata ?? context.metadata ?? {},
    external_data: context.external_data ?? {},
    input_event: conditional.names.has('input_event') ? inputEvent(context) : null,
  };
  try {
    return conditional.holds(values, new Budget()) ? { run: true } : { run: false, error: null };
  } catch (error) {
    if (error instanceof EvaluationError) return { run: false, error: error.message };
    throw error;
  }
}

/** The context without what the assistant added to it. */
function inputEvent({ taxonomyRefs: _refs, completeLabel: _label, ...event }: JsonObject): JsonObject {
  return event;
}
