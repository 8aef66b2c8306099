import type { z } from 'zod';

/** What is wrong with the environment, one line for each variable. */
class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks the environment against a schema whose keys are variable names. An empty variable counts as not set.
 * @throws EnvironmentError naming every bad variable and what was expected of it; never its value, which may be secret.
 */
export function readEnvironment<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape>,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    ({ path, message }) =>
      `  ${path.join('.')}: ${Object.hasOwn(set, String(path[0])) ? message : 'is required but not set'}`,
  );
  throw new EnvironmentError(`The environment is not usable:\n${lines.join('\n')}`);
}

/** For an app's start: prints what is wrong and ends the process with code 1 instead of throwing. */
export function readEnvironmentOrExit<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape>,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> {
  try {
    return readEnvironment(schema, environment);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
