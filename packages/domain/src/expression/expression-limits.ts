/** What bounds an expression when it is saved, and its cost each time it is evaluated. */
export const EXPRESSION_LIMITS = {
  characters: 4_000,
  /** Brackets within brackets, and `not`, `!` and `-` before them. */
  depth: 50,
  /** Names, fields, texts and numbers. */
  terms: 500,
  /** Units of `Budget`. */
  cost: 1_000_000,
} as const;
