import { ContentError } from '@gantry/contents/content-store';
import { ERROR_CATALOGUE } from '@gantry/contracts/error-catalogue';
import { type Problem, problem } from '@gantry/contracts/http/problem';
import { FilterError } from '@gantry/domain/filter/filter-error';
import { SortError } from '@gantry/domain/sort/sort-error';
import { isDatabaseUnavailable } from '@gantry/record/connection/database-error';
import { CursorError } from '@gantry/record/paging/page-cursor';
import { ApiError } from './api-error.ts';

const DATABASE_RETRY_SECONDS = '2';
const CONTENT_RETRY_SECONDS = '10';

export interface ProblemAnswer {
  problem: Problem;
  headers: Record<string, string>;
}

/**
 * What a client is told of an error. Nothing of an unforeseen one but that it happened: its cause is for the log.
 * @param instance the path of the request
 */
export function problemOf(error: unknown, instance: string): ProblemAnswer {
  const known = knownError(error);
  return { problem: problem(known.code, known.message, instance, known.errors), headers: known.headers };
}

function knownError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof FilterError)
    return new ApiError(error.code, error.message, { errors: { filter: error.message } });
  if (error instanceof SortError) return new ApiError(error.code, error.message, { errors: { sort: error.message } });
  if (error instanceof CursorError)
    return new ApiError('CURSOR_INVALID', error.message, { errors: { cursor: error.message } });
  if (error instanceof ContentError && error.code === 'CONTENT_NOT_FOUND')
    return new ApiError('CONTENT_NOT_FOUND', 'The content is not kept here any more.');
  if (isDatabaseUnavailable(error)) {
    return new ApiError('DATABASE_UNAVAILABLE', 'The record cannot be reached at the moment.', {
      headers: { 'retry-after': DATABASE_RETRY_SECONDS },
    });
  }
  if (error instanceof ContentError && String(error.code) === 'CONTENT_UNAVAILABLE') {
    return new ApiError('CONTENT_UNAVAILABLE', 'The content store is full or away.', {
      headers: { 'retry-after': CONTENT_RETRY_SECONDS },
    });
  }
  // What Express itself refuses: a path that is not well-formed.
  if (error instanceof URIError) return new ApiError('BAD_REQUEST', 'The path is not well-formed.');
  return new ApiError('INTERNAL_ERROR', 'The request failed inside Gantry.');
}

export function isServerFault({ problem: { code } }: ProblemAnswer): boolean {
  return ERROR_CATALOGUE[code as keyof typeof ERROR_CATALOGUE].status >= 500;
}
