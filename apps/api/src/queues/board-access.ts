import type { Request, RequestHandler, Response } from 'express';
import { ApiError } from '../http/api-error.ts';
import { authorize } from '../http/caller.ts';
import type { KeyVerifier } from '../http/key-verifier.ts';

export const BOARD_PATH = '/admin/queues';

interface BoardAccess {
  keys: KeyVerifier;
  /** Answers an error as a problem. */
  refuse: (error: unknown, request: Request, response: Response) => void;
}

/** The page that Bull Board ships names fonts of another server; it does without them. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'";

/** Queues hold the work of all organizations. Lets operators pass who send a key, or are signed in; other browsers are sent to sign in. */
export function boardGuard({ keys, refuse }: BoardAccess): RequestHandler {
  return async (request, response, next) => {
    response.set({
      'content-security-policy': POLICY,
      'referrer-policy': 'same-origin',
    });
    try {
      authorize(await keys.verify(request.headers, request.ip, request.method), ['operator']);
      next();
    } catch (error) {
      const asksForPage =
        error instanceof ApiError && error.code === 'UNAUTHORIZED' && request.accepts('json', 'html') === 'html';
      if (asksForPage) response.redirect(302, `/sign-in?next=${encodeURIComponent(BOARD_PATH)}`);
      else refuse(error, request, response);
    }
  };
}
