import type { ContentObject } from '@gantry/contracts/document-snapshot';
import { LIMITS } from '@gantry/domain/limits';

/** A family's content objects with further ones; of what came from outside and of what was derived the newest are kept. */
export function withContentObjects(
  standing: readonly ContentObject[],
  added: readonly Omit<ContentObject, 'index'>[],
): ContentObject[] {
  const next = (standing.at(-1)?.index ?? -1) + 1;
  const all = [...standing, ...added.map((object, place) => ({ ...object, index: next + place }))];
  const kept = new Set([
    ...all.filter(isVersion).slice(-LIMITS.contentObjectsPerFamily),
    ...all.filter((object) => !isVersion(object)).slice(-LIMITS.derivedObjectsPerFamily),
  ]);
  return all.filter((object) => kept.has(object));
}

/** It is the document itself, not what a step made of it. */
export function isVersion({ origin }: ContentObject): boolean {
  return origin !== 'DERIVED';
}

/** The document as it came last. */
export function newestVersion(objects: readonly ContentObject[]): ContentObject | undefined {
  return objects.findLast(isVersion);
}
