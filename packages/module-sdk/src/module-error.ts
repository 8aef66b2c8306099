const CODE = /^[A-Z][A-Z0-9_]{0,99}$/;

/** What else a failure may say: a status code that fits it, and what to do about it. */
export interface ModuleErrorOptions extends ErrorOptions {
  statusCode?: number;
  advice?: string;
}

/**
 * A failure a module wants told apart: its `code` (SCREAMING_SNAKE, stable) becomes the code of the failed step. Throws a
 * TypeError when the code is none.
 */
export class ModuleError extends Error {
  override readonly name = 'ModuleError';
  readonly code: string;
  readonly statusCode: number | undefined;
  readonly advice: string | undefined;

  constructor(code: string, message: string, options: ModuleErrorOptions = {}) {
    super(message, options);
    if (!CODE.test(code)) throw new TypeError(`code: ${String(code)} is not of the form SCREAMING_SNAKE`);
    this.code = code;
    this.statusCode = options.statusCode;
    this.advice = options.advice;
  }
}
