import type { JsonObject } from '@gantry/domain/json';
import type { GantryModule } from '@gantry/module-sdk/define-module';
import { cleanText, toJsonText } from '@gantry/module-sdk/json-text';
import { z } from 'zod';

const FIRST_VERSION = '1.0.0';
const MAX_OPTIONS = 100;
const MAX_OPTIONS_BYTES = 64 * 1_024;

/** What a module says of itself, for whoever is to use it. */
export interface ModuleDescription {
  ref: string;
  version: string;
  name: string;
  description: string | null;
  /** The module runtime that it names, if it names one. */
  runtime: string | null;
  /** Its steps may run beside each other in one process. */
  nonBlocking: boolean;
  /** Each with its name, whether it is required, and what JSON Schema says of it (type, default, description). */
  options: JsonObject[];
}

export function describeModule(module: GantryModule): ModuleDescription {
  const { ref, version = FIRST_VERSION, name = '', description, runtime = null, nonBlocking, options } = module;
  return {
    ref,
    version: cleanText(String(version), 64),
    name: cleanText(String(name), 200) || ref,
    description: description === undefined ? null : cleanText(String(description), 2_000),
    runtime: runtime === null ? null : String(runtime),
    nonBlocking: nonBlocking === true,
    options: describeOptions(options),
  };
}

/** None when they cannot be said in JSON Schema: options are for reading, the module itself parses them. */
function describeOptions(schema: z.ZodType | undefined): JsonObject[] {
  if (schema === undefined) return [];
  try {
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const options = Object.entries(properties)
      .slice(0, MAX_OPTIONS)
      .map(([name, property]) => ({ name, required: required.includes(name), ...(property as JsonObject) }));
    return JSON.parse(toJsonText(options, 'output', MAX_OPTIONS_BYTES));
  } catch {
    return [];
  }
}
