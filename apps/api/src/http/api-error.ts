import type { ErrorCode } from '@gantry/contracts/error-catalogue';
import type { z } from 'zod';

interface ApiErrorMore {
  /** Field or parameter -> what is wrong with it. */
  errors?: Record<string, string>;
  headers?: Record<string, string>;
}

/** An error that a client is told about: thrown anywhere below a route, answered as a problem. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly errors: Record<string, string> | undefined;
  readonly headers: Record<string, string>;

  constructor(code: ErrorCode, detail: string, { errors, headers = {} }: ApiErrorMore = {}) {
    super(detail);
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }
}

export function notFound(what: string, id: string): ApiError {
  return new ApiError('NOT_FOUND', `There is no ${what} ${id}.`);
}

/** One bad field. */
export function badField(field: string, message: string): ApiError {
  return new ApiError('BAD_REQUEST', `${field}: ${message}`, { errors: { [field]: message } });
}

/** @param within what the fields belong to, when the value as a whole is wrong */
export function badInput(error: z.ZodError, within: string): ApiError {
  const errors: Record<string, string> = {};
  for (const { path, message } of error.issues) errors[path.join('.') || within] ??= message;
  const detail = Object.entries(errors)
    .map(([field, message]) => `${field}: ${message}`)
    .join('; ');
  return new ApiError('BAD_REQUEST', detail, { errors });
}
