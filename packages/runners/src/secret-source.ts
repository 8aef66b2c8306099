import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * Where the values of secrets come from; undefined: it has none of that name. Rejects when that is not known at the moment,
 * and with a ModuleError when asking again is of no use.
 */
export type SecretSource = (name: string, scope: SecretScope) => Promise<string | undefined>;

/** Who asks. */
export interface SecretScope {
  organizationId: string;
  executionId: string;
}

const PREFIX = 'GANTRY_SECRET_';
const MAX_FILE_BYTES = 64 * 1_024;

/** The variable GANTRY_SECRET_NAME is the secret NAME. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>>): SecretSource {
  return async (name) => environment[PREFIX + name] || undefined;
}

/**
 * The file NAME of a folder is the secret NAME, read when it is asked for; a line break at its end is not part of it.
 * @param withheld files that hold settings of Gantry itself
 */
export function fileSecrets(folder: string, withheld: readonly string[]): SecretSource {
  const refused = new Set(withheld.map((path) => resolve(path)));
  return async (name) => {
    const path = resolve(join(folder, name));
    if (refused.has(path)) return undefined;
    try {
      const text = await readFile(path, 'utf8');
      return text.length > MAX_FILE_BYTES ? undefined : text.replace(/\r?\n$/, '') || undefined;
    } catch {
      return undefined;
    }
  };
}

/** The first that has it. */
export function firstOf(sources: readonly SecretSource[]): SecretSource {
  return async (name, scope) => {
    for (const source of sources) {
      const value = await source(name, scope);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}
