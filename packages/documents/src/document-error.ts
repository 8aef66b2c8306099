/** Why a document cannot be read: its `code` (SCREAMING_SNAKE) is stable. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `: ` and what an error says, if anything. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
}
