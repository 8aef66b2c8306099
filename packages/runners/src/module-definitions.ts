import type { JsonObject } from '@gantry/domain/json';
import { z } from 'zod';
import { BUILT_IN_REFS, loadModule } from './module-registry.ts';

/** A built-in module as the record keeps it. */
export interface BuiltInDefinition {
  ref: string;
  orgSlug: string;
  slug: string;
  version: string;
  name: string;
  description: string;
  moduleType: string;
  metadata: { kind: 'node'; moduleRuntimeRef: string; options: JsonObject[] };
}

const VERSION = '1.0.0';
const RUNTIME = 'gantry/default';

/** The definitions of the modules that ship with Gantry; their options are those the modules themselves parse. */
export async function builtInDefinitions(): Promise<BuiltInDefinition[]> {
  return Promise.all(
    BUILT_IN_REFS.map(async (ref) => {
      const { name = ref, description = '', options } = await loadModule(ref, null);
      const [orgSlug = '', slug = ''] = ref.split('/');
      return {
        ref,
        orgSlug,
        slug,
        version: VERSION,
        name,
        description,
        moduleType: 'model',
        metadata: { kind: 'node' as const, moduleRuntimeRef: RUNTIME, options: describeOptions(options) },
      };
    }),
  );
}

/** Each option with its name, whether it is required, and what JSON Schema says of it (type, default, description). */
function describeOptions(schema: z.ZodType | undefined): JsonObject[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    return { name, required: required.includes(name), ...(property as JsonObject) };
  });
}
