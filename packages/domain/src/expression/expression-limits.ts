/** What bounds an expression when it is saved, and its cost each time it is evaluated. */
export const EXPRESSION_LIMITS = {
  characters: 4_000,
  /** Brackets within brackets, and `not`, `!` and `-` before them. */
  depth: 50,
  /** Names, fields, texts and numbers. */
  terms: 500,
  /** Units of `Budget` for one evaluation: some 20 ms. */
  cost: 100_000,
  /** Units that all subscriptions asked about one event may take anyway: some 4 ms. */
  costOfEvent: 20_000,
  /** Units beyond that for the events of one organization in one transaction: some 400 ms. */
  sharedCost: 2_000_000,
  /** Lists in lists and dicts in dicts, where two values are compared. */
  comparedDepth: 500,
} as const;
