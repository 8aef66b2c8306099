import type { Json, JsonObject } from '../../json.ts';
import { judgeConditional } from '../conditional.ts';

/** What a conditional says of a context: whether it holds, or the error that kept it from an answer. */
export function judge(text: string, context: JsonObject = {}, metadata: Json = null): boolean | string {
  const verdict = judgeConditional(text, { context, metadata: metadata as JsonObject | null });
  return verdict.run || (verdict.error ?? false);
}
