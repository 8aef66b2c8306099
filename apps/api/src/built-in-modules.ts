import { moduleMetadataSchema } from '@gantry/contracts/module-definition';
import type { BuiltInModule } from '@gantry/record/modules/seed-built-in-modules';
import { builtInDefinitions } from '@gantry/runners/module-definitions';

/** The definitions of the modules that ship with Gantry, as steps find them in the record. */
export async function builtInModules(): Promise<BuiltInModule[]> {
  const definitions = await builtInDefinitions();
  return definitions.map(({ orgSlug, slug, version, name, description, metadata }) => {
    return { orgSlug, slug, version, name, description, metadata: moduleMetadataSchema.parse(metadata) };
  });
}
