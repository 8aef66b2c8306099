import type { ErrorCode } from '@gantry/contracts/error-catalogue';
import type { Problem } from '@gantry/contracts/http/problem';

/**
 * What went wrong: a code of the api's catalogue, or NO_ANSWER (the api cannot be reached, or not in time),
 * UNEXPECTED_ANSWER (something that is not a Gantry answered), WAIT_TIMEOUT (what was waited for did not happen in time).
 */
export type GantryErrorCode = ErrorCode | 'NO_ANSWER' | 'UNEXPECTED_ANSWER' | 'WAIT_TIMEOUT' | (string & {});

interface GantryErrorMore {
  /** Of the answer; 0 when there was none. */
  status?: number;
  errors?: Readonly<Record<string, string>> | undefined;
  cause?: unknown;
}

/** A call that did not succeed. */
export class GantryError extends Error {
  override readonly name = 'GantryError';
  readonly code: GantryErrorCode;
  readonly status: number;
  /** Field or parameter -> what is wrong with it. */
  readonly errors: Readonly<Record<string, string>>;

  constructor(code: GantryErrorCode, message: string, { status = 0, errors = {}, cause }: GantryErrorMore = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.status = status;
    this.errors = errors;
  }
}

export function waitTimeout(executionId: string, timeoutMs: number): GantryError {
  return new GantryError('WAIT_TIMEOUT', `The execution ${executionId} has not finished within ${timeoutMs} ms.`);
}

/** @param body what the api, or whatever answers in its place, said */
export function refusal(status: number, body: string, request: string): GantryError {
  const problem = readProblem(body);
  if (problem?.code === undefined) {
    return new GantryError('UNEXPECTED_ANSWER', `${request} was answered with ${status}.`, { status });
  }
  const message = problem.detail ?? problem.title ?? problem.code;
  return new GantryError(problem.code, message, { status, errors: problem.errors });
}

function readProblem(body: string): Partial<Problem> | undefined {
  try {
    const problem: unknown = JSON.parse(body);
    return problem !== null && typeof problem === 'object' ? problem : undefined;
  } catch {
    return undefined;
  }
}
