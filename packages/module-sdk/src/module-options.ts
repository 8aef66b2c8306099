import type { JsonObject } from '@gantry/domain/json';
import { ZodDefault, ZodNullable, ZodObject, ZodOptional, ZodType } from 'zod';
import { cleanText } from './json-text.ts';
import { ModuleError } from './module-error.ts';

const MAX_PROBLEMS = 20;

export interface OptionProblem {
  message: string;
  option: string;
  description: string;
}

/** A module does not take the options that it was given. */
export class ModuleOptionsError extends ModuleError {
  readonly validationErrors: OptionProblem[];

  constructor(validationErrors: OptionProblem[]) {
    const problems = validationErrors.map(({ option, message }) => (option === '' ? message : `${option}: ${message}`));
    super('MODULE_OPTIONS_INVALID', cleanText(problems.join('; '), 2_000));
    this.validationErrors = validationErrors;
  }
}

/**
 * The options of a step as its module wants them, defaults filled in.
 * @throws ModuleOptionsError
 */
export async function parseModuleOptions<Options>(schema: ZodType<Options>, options: JsonObject): Promise<Options> {
  const parsed = await schema.safeParseAsync(options);
  if (parsed.success) return parsed.data;
  throw new ModuleOptionsError(
    parsed.error.issues.slice(0, MAX_PROBLEMS).map((issue) => ({
      message: cleanText(issue.message, 500),
      option: cleanText(issue.path.join('.'), 200),
      description: describeOption(schema, issue.path[0]),
    })),
  );
}

/** A description may stand before what makes an option optional, or behind. */
function describeOption(schema: ZodType, option: PropertyKey | undefined): string {
  let field: unknown = schema instanceof ZodObject ? schema.shape[String(option)] : undefined;
  while (field instanceof ZodOptional || field instanceof ZodDefault || field instanceof ZodNullable) {
    if (field.description !== undefined) return field.description;
    field = field.unwrap();
  }
  return field instanceof ZodType ? (field.description ?? '') : '';
}
