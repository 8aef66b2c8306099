/** Ids are uuid v7: those made before an instant are smaller than this, and come first in the primary key. */
export function idFloor(at: Date): string {
  const hex = Math.max(at.getTime(), 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
