import type { JsonObject } from '@gantry/domain/json';
import { ZodObject, type ZodType } from 'zod';
import { cleanText } from './json-text.ts';
import type { StepError } from './step-result.ts';

const MAX_PROBLEMS = 20;

/** The options of a step as its module wants them, or why it does not take them. */
export async function parseModuleOptions(
  schema: ZodType,
  options: JsonObject,
): Promise<{ options: unknown; error?: never } | { error: StepError }> {
  const parsed = await schema.safeParseAsync(options);
  if (parsed.success) return { options: parsed.data };
  const validationErrors = parsed.error.issues.slice(0, MAX_PROBLEMS).map((issue) => ({
    message: cleanText(issue.message, 500),
    option: cleanText(issue.path.join('.'), 200),
    description: describeOption(schema, issue.path[0]),
  }));
  const summary = validationErrors.map(({ option, message }) => (option === '' ? message : `${option}: ${message}`));
  return { error: { code: 'MODULE_OPTIONS_INVALID', message: cleanText(summary.join('; '), 2_000), validationErrors } };
}

function describeOption(schema: ZodType, option: PropertyKey | undefined): string {
  const field: unknown = schema instanceof ZodObject ? schema.shape[String(option)] : undefined;
  return field instanceof Object && 'description' in field ? String(field.description ?? '') : '';
}
