import { defineModule } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import jsonata from 'jsonata';
import { z } from 'zod';
import { LinearRegExp } from './linear-regexp.ts';

/** Depth of calls, and items of one sequence. */
const MAX_STACK = 500;
const MAX_SEQUENCE = 1_000_000;

export default defineModule({
  ref: 'gantry/json-transform',
  name: 'JSON transform',
  description:
    'What a JSONata expression makes of the output of the step before. $context, $documentFamily and $contentObject hold what the step knows.',
  options: z.object({
    expression: z.string().min(1).max(20_000).describe('JSONata; its regular expressions are those of RE2'),
    timeoutMs: z.int().min(1).max(60_000).default(5_000).describe('An evaluation that takes longer fails'),
  }),
  async infer({ options: { expression, timeoutMs }, previousOutput, context, documentFamily, contentObject }) {
    try {
      const limits = { timeout: timeoutMs, stack: MAX_STACK, sequence: MAX_SEQUENCE, RegexEngine: LinearRegExp };
      const transform = jsonata(expression, limits as unknown as jsonata.JsonataOptions);
      const result: unknown = await transform.evaluate(previousOutput, { context, documentFamily, contentObject });
      // The library's arrays and objects carry marks of its own.
      return result === undefined ? null : JSON.parse(JSON.stringify(result) ?? 'null');
    } catch (error) {
      throw new ModuleError('TRANSFORM_FAILED', `expression: ${describe(error)}`, { cause: error });
    }
  },
});

/** The library throws plain objects with a code, a message and the place in the expression. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, position } = error as { message?: unknown; position?: unknown };
  return typeof position === 'number' ? `${message} (at ${position})` : String(message);
}
