import type { Tx } from '../connection/database.ts';
import { findModules, moduleAmong } from '../modules/find-modules.ts';
import { modulesWanted } from '../modules/modules-wanted.ts';

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
  const modules = await findModules(tx, modulesWanted(rows.map(stepsOf)));
  return (row) =>
    modulesWanted([stepsOf(row)])
      .map((module) => moduleAmong(modules, module)?.metadata.moduleRuntimeRef)
      .find((runtime) => runtime !== undefined && unserved.has(runtime)) ?? null;
}

function stepsOf({ organization_id, refs }: Referring) {
  return { organizationId: organization_id, steps: refs.map((ref) => ({ ref })) };
}
