/** `module://org/slug`, `module://org/slug:version` and `org/slug` all name a module. */
export interface ModuleRef {
  orgSlug: string;
  slug: string;
  version: string | undefined;
}

const SLUG = '[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?';
const MODULE_REF = new RegExp(`^(?:module://)?(${SLUG})/(${SLUG})(?::([A-Za-z0-9][A-Za-z0-9.+_-]{0,63}))?$`);

export const SLUG_PATTERN = new RegExp(`^${SLUG}$`);

export function parseModuleRef(ref: string): ModuleRef | undefined {
  const match = MODULE_REF.exec(ref);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { orgSlug: match[1], slug: match[2], version: match[3] };
}

/** The name a module is looked up by in the worker: `org/slug`. */
export function moduleName(ref: Pick<ModuleRef, 'orgSlug' | 'slug'>): string {
  return `${ref.orgSlug}/${ref.slug}`;
}
