import { moduleMetadataSchema } from '@gantry/contracts/module-definition';
import { parseModuleRef } from '@gantry/domain/module-ref';
import type { BuiltInModule } from '@gantry/record/modules/seed-built-in-modules';
import { BUILT_IN_REFS, loadModule } from '@gantry/runners/module-registry';

const VERSION = '1.0.0';

/** The definitions of the modules that ship with Gantry, as steps find them in the record. */
export async function builtInModules(): Promise<BuiltInModule[]> {
  return Promise.all(
    BUILT_IN_REFS.map(async (ref) => {
      const parsed = parseModuleRef(ref);
      if (parsed === undefined) throw new Error(`${ref} is no module ref`);
      const { name, description } = await loadModule(ref, null);
      return {
        orgSlug: parsed.orgSlug,
        slug: parsed.slug,
        version: VERSION,
        name: name ?? parsed.slug,
        description: description ?? null,
        metadata: moduleMetadataSchema.parse({ kind: 'node' }),
      };
    }),
  );
}
