import type { Json, JsonObject } from '../json.ts';
import type { Dialect } from './dialect.ts';
import { checked, type ExpressionCheck } from './expression-check.ts';
import { EvaluationError, ExpressionError } from './expression-error.ts';
import { type Expression, Language } from './language.ts';
import { recall } from './recall.ts';

const DIALECT: Dialect = {
  names: ['context', 'metadata', 'external_data', 'input_event'],
  unknownNames: 'None',
  functions: {},
};

const ALWAYS: Expression = { names: new Set(), holds: () => true };

const language = new Language(DIALECT);
const compile = recall((text) => (text.trim() === '' ? ALWAYS : language.compile(text)));

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
  const values: Record<string, Json> = {
    context,
    metadata: metadata ?? context.metadata ?? {},
    external_data: context.external_data ?? {},
    input_event: inputEvent(context),
  };
  try {
    return conditional.holds(values) ? { run: true } : { run: false, error: null };
  } catch (error) {
    if (error instanceof EvaluationError) return { run: false, error: error.message };
    throw error;
  }
}

/** The context without what the assistant added to it. */
function inputEvent({ taxonomyRefs: _refs, completeLabel: _label, ...event }: JsonObject): JsonObject {
  return event;
}
