import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What is wrong with the settings: a line for each, with its name, what was given, and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** What a process ends with when its settings are wrong (EX_CONFIG of sysexits.h): starting it again changes nothing. */
export const WRONG_SETTINGS_EXIT_CODE = 78;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks the environment against a schema whose keys are variable names. An empty variable counts as not set. Each can
 * also be given as NAME_FILE, the path of a file that holds the value: secrets need not be in the environment then.
 * @throws SettingsError that tells no password: of a setting with the meta `secret` not even a part of its value
 */
export function readEnvironment<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape>,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> {
  const given: Record<string, string> = {};
  const wrong: string[] = [];
  for (const name of Object.keys(schema.shape)) {
    try {
      const value = givenValue(name, environment);
      if (value !== undefined) given[name] = value;
    } catch (error) {
      wrong.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (wrong.length > 0) throw new SettingsError(wrong.join('\n'));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path: [key], message }) => {
    const name = String(key);
    const meta = z.globalRegistry.get(schema.shape[name] as z.core.$ZodType) ?? {};
    const value = given[name];
    if (value === undefined) return `${name} is not set and has no default: ${meta.description ?? ''}`;
    return `${name} is ${meta['secret'] === true ? `a text of ${value.length} characters` : shown(value)}: ${message}`;
  });
  throw new SettingsError(lines.join('\n'));
}

/** For an app's start: prints what is wrong and ends the process instead of throwing. */
export function readEnvironmentOrExit<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape>,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> {
  try {
    return readEnvironment(schema, environment);
  } catch (error) {
    return exitIfSettings(error);
  }
}

/** Ends the process when a setting is wrong, here or in an app that was started, with what is wrong; throws all other errors. */
export function exitIfSettings(error: unknown): never {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(WRONG_SETTINGS_EXIT_CODE);
}

function givenValue(name: string, environment: Environment): string | undefined {
  const value = environment[name] || undefined;
  const file = environment[`${name}_FILE`] || undefined;
  if (file === undefined) return value;
  if (value !== undefined) throw new Error(`${name} and ${name}_FILE are both set: expected one of them`);
  try {
    // Whoever writes a file ends it with a newline, which no value has.
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${name}_FILE is ${shown(file)}: expected a file that can be read (${code})`);
  }
}

const LONGEST_SHOWN = 200;

/** A value on one line, without the password of a URL. */
function shown(value: string): string {
  const text = JSON.stringify(value.replace(/\/\/.*@/s, '//[redacted]@'));
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}
