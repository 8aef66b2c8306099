import { type Request, type Response, Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import { z } from 'zod';
import { ApiError, badInput } from '../http/api-error.ts';
import type { KeyVerifier } from '../http/key-verifier.ts';
import { mediaType, readJson } from '../http/read-json.ts';
import { SESSION_COOKIE, SESSION_MS, sealSession } from './browser-session.ts';
import type { SignInLinks } from './sign-in-links.ts';

const SESSION_PATH = '/session';

interface SessionParts {
  keys: KeyVerifier;
  links: SignInLinks;
  /** Answers an error as a problem. */
  refuse: (error: unknown, request: Request, response: Response) => void;
}

/** From one address. Those that succeed do not count: many people may share one. */
const WRONG_SIGN_INS_A_MINUTE = 10;

const MAX_SIGN_IN_BYTES = 4_096;

const signInSchema = z.union(
  [z.object({ key: z.string().trim().min(1) }), z.object({ token: z.string().min(1).max(100) })],
  'expected an object with the key, or the token of a link',
);

/**
 * Signs browsers in and out: an API key, or the token of a link, becomes a cookie, so that no script can read the key
 * and none has to be put into a URL.
 */
export function sessionRouter({ keys, links, refuse }: SessionParts): Router {
  const router = Router();
  const attempts = rateLimit({
    windowMs: 60_000,
    limit: WRONG_SIGN_INS_A_MINUTE,
    skipSuccessfulRequests: true,
    // Whom to believe is said by TRUST_PROXY alone; the library would complain of what anybody sends.
    validate: { xForwardedForHeader: false },
    handler: (request, response) => {
      const detail = `At most ${WRONG_SIGN_INS_A_MINUTE} sign-ins a minute may fail.`;
      refuse(new ApiError('TOO_MANY_REQUESTS', detail, { headers: { 'retry-after': '60' } }), request, response);
    },
  });
  const answering =
    (handle: (request: Request, response: Response) => Promise<void>) => async (request: Request, response: Response) =>
      handle(request, response).catch((error: unknown) => refuse(error, request, response));

  router.post(
    SESSION_PATH,
    attempts,
    answering(async (request, response) => {
      const input = signInSchema.safeParse(await readSignIn(request));
      if (!input.success) throw badInput(input.error, 'body');
      const keyId =
        'key' in input.data
          ? (await keys.verify({ 'x-api-key': input.data.key }, request.ip)).keyId
          : await links.use(input.data.token);
      const row = keyId === undefined ? undefined : await keys.find(keyId);
      if (row === undefined) throw new ApiError('UNAUTHORIZED', 'This link was used already, or is too old.');
      response.cookie(SESSION_COOKIE, sealSession(row, Date.now()), { ...cookieOptions(request), maxAge: SESSION_MS });
      response.status(204).end();
    }),
  );
  router.delete(SESSION_PATH, (request, response) => {
    response.clearCookie(SESSION_COOKIE, cookieOptions(request)).status(204).end();
  });
  router.post(
    `${SESSION_PATH}/links`,
    answering(async (request, response) => {
      const caller = await keys.verify(request.headers, request.ip, request.method);
      response.status(201).json({ token: await links.create(caller.keyId) });
    }),
  );
  return router;
}

/** Only what says that it is JSON: a page of another site cannot send that without asking first. */
async function readSignIn(request: Request): Promise<unknown> {
  request.on('error', () => {});
  if (mediaType(request) === '') throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
  const { value = {} } = await readJson(request, MAX_SIGN_IN_BYTES);
  return value;
}

function cookieOptions(request: Request) {
  const secure = request.headers['x-forwarded-proto'] === 'https';
  return { httpOnly: true, sameSite: 'strict', secure, path: '/' } as const;
}
