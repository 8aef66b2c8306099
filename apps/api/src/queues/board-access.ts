import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../http/caller.ts';
import { checkOperator } from '../http/check-operator.ts';
import { callerOf, type KeyVerifier } from '../http/key-verifier.ts';
import { openSession, SESSION_COOKIE, SESSION_MS, sealSession, sessionIn } from './board-session.ts';
import { loginPage } from './login-page.ts';

export const BOARD_PATH = '/admin/queues';

interface BoardAccess {
  keys: KeyVerifier;
  /** Answers an error as a problem. */
  refuse: (error: unknown, request: Request, response: Response) => void;
}

const LOGINS_A_MINUTE = 10;

/** They hold the work of all organizations. */
const QUEUES = 'Queues';

/** The login page: it turns an API key into a cookie, so that no key has to be put into a URL. */
export function loginRouter({ keys, refuse }: BoardAccess): Router {
  const router = Router();
  router.get('/admin/login', (_request, response) => {
    response.type('html').send(loginPage());
  });
  router.post(
    '/admin/login',
    rateLimit({
      windowMs: 60_000,
      limit: LOGINS_A_MINUTE,
      handler: (request, response) => {
        const detail = `At most ${LOGINS_A_MINUTE} logins a minute are tried.`;
        refuse(new ApiError('TOO_MANY_REQUESTS', detail, { headers: { 'retry-after': '60' } }), request, response);
      },
    }),
    express.urlencoded({ extended: false, limit: '4kb' }),
    async (request, response) => {
      try {
        const key: unknown = request.body?.key;
        const caller = await keys.verify({ 'x-api-key': typeof key === 'string' ? key.trim() : '' });
        checkOperator(caller, QUEUES);
        const row = await keys.find(caller.keyId);
        if (row === undefined) throw new ApiError('UNAUTHORIZED', 'The API key was revoked.');
        response.cookie(SESSION_COOKIE, sealSession(row, Date.now()), {
          httpOnly: true,
          sameSite: 'strict',
          secure: request.headers['x-forwarded-proto'] === 'https',
          path: '/admin',
          maxAge: SESSION_MS,
        });
        response.redirect(303, BOARD_PATH);
      } catch (error) {
        if (!(error instanceof ApiError)) refuse(error, request, response);
        else response.status(401).type('html').send(loginPage('This key is not valid, or not an admin’s.'));
      }
    },
  );
  return router;
}

/** Lets those pass who send a key, or a cookie from the login page; browsers are sent there. */
export function boardGuard({ keys, refuse }: BoardAccess): RequestHandler {
  return async (request, response, next) => {
    response.set({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' });
    try {
      checkOperator(await callerOn(request, keys), QUEUES);
      next();
    } catch (error) {
      const asksForPage =
        error instanceof ApiError && error.code === 'UNAUTHORIZED' && request.accepts('json', 'html') === 'html';
      if (asksForPage) response.redirect(302, '/admin/login');
      else refuse(error, request, response);
    }
  };
}

async function callerOn(request: Request, keys: KeyVerifier): Promise<Caller> {
  const session = sessionIn(request.headers.cookie);
  const key = session === undefined ? undefined : await openSession(session, Date.now(), (id) => keys.find(id));
  return key ? callerOf(key) : keys.verify(request.headers);
}
