/** Redis has no more shards than this. */
export const MAX_SHARDS = 64;

/** Hexadecimal digits at the end of an id, which are random: shares are even to a thousandth. */
const DIGITS = 4;

/**
 * Which of the shards of Redis holds what belongs to an execution. SQL would say it so:
 * `('x' || right(id::text, 4))::bit(16)::int % shards`.
 * @param executionId a UUID
 * @returns from 0 on
 */
export function shardOf(executionId: string, shards: number): number {
  return shards === 1 ? 0 : Number.parseInt(executionId.slice(-DIGITS), 16) % shards;
}
