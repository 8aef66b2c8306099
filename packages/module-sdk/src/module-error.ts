const CODE = /^[A-Z][A-Z0-9_]{0,99}$/;
const MAX_RETRY_AFTER_SECONDS = 24 * 60 * 60;

/** What else a failure may say. */
export interface ModuleErrorOptions extends ErrorOptions {
  /** A status code that fits it. */
  statusCode?: number;
  /** What to do about it. */
  advice?: string;
  /** Trying again is of no use: the step fails at once, whatever attempts its policy leaves. */
  permanent?: boolean;
  /** Seconds before which another try is of no use; at most a day. */
  retryAfter?: number;
}

/**
 * A failure a module wants told apart: its `code` (SCREAMING_SNAKE, stable) becomes the code of the failed step. Throws a
 * TypeError when the code, or what else it says, is none.
 */
export class ModuleError extends Error {
  override readonly name: string = 'ModuleError';
  readonly code: string;
  readonly statusCode: number | undefined;
  readonly advice: string | undefined;
  readonly permanent: boolean;
  readonly retryAfter: number | undefined;

  constructor(code: string, message: string, options: ModuleErrorOptions = {}) {
    super(message, options);
    const { statusCode, advice, permanent = false, retryAfter } = options;
    if (!CODE.test(code)) throw new TypeError(`code: ${String(code)} is not of the form SCREAMING_SNAKE`);
    if (retryAfter !== undefined && !(retryAfter >= 0 && retryAfter <= MAX_RETRY_AFTER_SECONDS)) {
      throw new TypeError(`retryAfter: ${retryAfter} is not a number of seconds up to a day`);
    }
    this.code = code;
    this.statusCode = statusCode;
    this.advice = advice;
    this.permanent = permanent;
    this.retryAfter = retryAfter;
  }
}
