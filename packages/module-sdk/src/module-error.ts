/** A failure a module wants told apart: its `code` (SCREAMING_SNAKE, stable) becomes the code of the failed step. */
export class ModuleError extends Error {
  override readonly name = 'ModuleError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
