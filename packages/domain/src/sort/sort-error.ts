export type SortErrorCode = 'SORT_INVALID' | 'SORT_FIELD_UNKNOWN';

/** A `sort=` parameter that a client must mend: always a 400. */
export class SortError extends Error {
  override readonly name = 'SortError';
  readonly code: SortErrorCode;

  constructor(code: SortErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
