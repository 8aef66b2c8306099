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

const SCHEME = /^module:\/\//;

/** A ref as pipelines may spell it, without `module://` and with it: both name the same. */
export function refSpellings(ref: string): readonly [bare: string, full: string] {
  const bare = ref.replace(SCHEME, '');
  return [bare, `module://${bare}`];
}

/**
 * What to say of a module that there is not.
 * @param newest its versions, where it is only the one that was named that there is not
 */
export function missingModule(
  module: Pick<ModuleRef, 'orgSlug' | 'slug'> & { version: string | null },
  newest: readonly string[],
): { message: string; instead: string | undefined } {
  const name = moduleName(module);
  if (newest.length === 0) return { message: `There is no module ${name}.`, instead: undefined };
  return {
    message: `There is no version ${module.version} of ${name}.`,
    instead: `The newest: ${newest.join(', ')}.`,
  };
}

/** The name a module is looked up by in the worker: `org/slug`. */
export function moduleName(ref: Pick<ModuleRef, 'orgSlug' | 'slug'>): string {
  return `${ref.orgSlug}/${ref.slug}`;
}
