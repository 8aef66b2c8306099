/**
 * Why a filter was refused, stable for clients: it is no sentence of the language, it names a field that is not there,
 * a value or operator does not fit its field, or it passes one of the limits.
 */
export type FilterErrorCode =
  | 'FILTER_INVALID'
  | 'FILTER_FIELD_UNKNOWN'
  | 'FILTER_TYPE_MISMATCH'
  | 'FILTER_TOO_LONG'
  | 'FILTER_TOO_DEEP'
  | 'FILTER_TOO_MANY_TERMS';

/** A filter that a client must mend: always a 400. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly code: FilterErrorCode;
  /** The 1-based column, in UTF-16 code units, at which reading stopped. */
  readonly position: number;
  /** What would have been right there, in words. */
  readonly expected: string;

  /** @param found what was there instead, in words; `offset` is 0-based */
  constructor(code: FilterErrorCode, offset: number, expected: string, found: string) {
    super(`filter, column ${offset + 1}: expected ${expected}, found ${found}`);
    this.code = code;
    this.position = offset + 1;
    this.expected = expected;
  }
}
