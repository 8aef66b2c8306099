import { moduleMetadataSchema } from '@gantry/contracts/module-definition';
import type { BuiltInModule } from '@gantry/record/modules/seed-built-in-modules';
import { toldDefinitions } from '@gantry/runners/told-definitions';

/** The definitions of the modules that ship with Gantry, as steps find them in the record. */
export async function builtInModules(): Promise<BuiltInModule[]> {
  const definitions = await toldDefinitions();
  return definitions.map(({ orgSlug, slug, version, name, description, metadata }) => {
    return { orgSlug, slug, version, name, description, metadata: moduleMetadataSchema.parse(metadata) };
  });
}
