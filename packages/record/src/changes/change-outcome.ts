/** What became of a change guarded by a change sequence: `stale` when somebody else changed the row first. */
export type ChangeOutcome<Row> = { outcome: 'changed'; row: Row } | { outcome: 'not-found' | 'stale' };

/**
 * @param changed the row after the guarded update, undefined if it did not match
 * @param stillThere asked only then: whether the row is there at all
 */
export async function changeOutcome<Row>(
  changed: Row | undefined,
  stillThere: () => Promise<unknown>,
): Promise<ChangeOutcome<Row>> {
  if (changed !== undefined) return { outcome: 'changed', row: changed };
  return { outcome: (await stillThere()) === undefined ? 'not-found' : 'stale' };
}
