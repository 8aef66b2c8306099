import type { JsonObject } from '@gantry/domain/json';
import { describeModule } from './module-description.ts';
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

const RUNTIME = 'gantry/default';

/** The definitions of the modules that ship with Gantry; their options are those the modules themselves parse. */
export async function builtInDefinitions(): Promise<BuiltInDefinition[]> {
  return Promise.all(
    BUILT_IN_REFS.map(async (ref) => {
      const { version, name, description, options } = describeModule(await loadModule(ref, null));
      const [orgSlug = '', slug = ''] = ref.split('/');
      return {
        ref,
        orgSlug,
        slug,
        version,
        name,
        description: description ?? '',
        moduleType: 'model',
        metadata: { kind: 'node' as const, moduleRuntimeRef: RUNTIME, options },
      };
    }),
  );
}
