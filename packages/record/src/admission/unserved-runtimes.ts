import { parseModuleRef } from '@gantry/domain/module-ref';
import type { Tx } from '../connection/database.ts';
import { findModules, type ModuleWanted, moduleAmong } from '../modules/find-modules.ts';

/** What an execution's pipeline refers to. */
interface Referring {
  organization_id: string;
  refs: string[];
}

/** @returns what finds the first of these runtimes that a pipeline needs, after one query for all of them */
export async function unservedRuntimesOf(
  tx: Tx,
  rows: readonly Referring[],
  unserved: ReadonlySet<string>,
): Promise<(row: Referring) => string | null> {
  if (unserved.size === 0) return () => null;
  const wanted = new Map(rows.flatMap(modulesOf).map((module) => [JSON.stringify(module), module]));
  const modules = await findModules(tx, [...wanted.values()]);
  return (row) =>
    modulesOf(row)
      .map((module) => moduleAmong(modules, module)?.metadata.moduleRuntimeRef)
      .find((runtime) => runtime !== undefined && unserved.has(runtime)) ?? null;
}

function modulesOf({ organization_id, refs }: Referring): ModuleWanted[] {
  return refs.flatMap((ref) => {
    const parsed = parseModuleRef(ref);
    return parsed
      ? [
          {
            organizationId: organization_id,
            orgSlug: parsed.orgSlug,
            slug: parsed.slug,
            version: parsed.version ?? null,
          },
        ]
      : [];
  });
}
