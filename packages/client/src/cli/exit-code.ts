/** What the command tells scripts. */
export const EXIT = { done: 0, error: 1, usage: 2, failed: 3 } as const;

/** The command was not given what it needs. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
