import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import compression from 'compression';
import express, { Router } from 'express';

/** Where the build of apps/console lies. */
export const CONSOLE_DIR = resolve(import.meta.dirname, '../../../console/dist');

/** What the build writes where the nonce of an answer belongs. */
const NONCE = '__CSP_NONCE__';

/** Not pages: an address below these that nothing answers is an error, also to a client whose base address ends in a slash. */
const OTHERS = /^\/+(api|health|metrics|admin|session|call-backs)(\/|$)/;

/** A file name with a hash of what is in it. */
const FOREVER = 'public, max-age=31536000, immutable';

/** The console's files, and its page for every address of it. Empty when it is not built. */
export function consoleRouter(dir: string): Router {
  const router = Router();
  const pageFile = join(dir, 'index.html');
  if (!existsSync(pageFile)) return router;
  const page = readFileSync(pageFile, 'utf8');
  router.use(
    '/assets',
    compression(),
    express.static(join(dir, 'assets'), {
      index: false,
      setHeaders: (response) => void response.set({ 'cache-control': FOREVER }),
    }),
  );
  router.get(/.*/, (request, response, next) => {
    if (OTHERS.test(request.path) || request.path.startsWith('/assets/') || !request.accepts('html')) return next();
    const nonce = randomBytes(16).toString('base64');
    response.set({
      'content-security-policy': policy(nonce),
      'cache-control': 'no-cache',
      'referrer-policy': 'same-origin',
    });
    response.type('html').send(page.replaceAll(NONCE, nonce));
  });
  return router;
}

/** Everything from here alone. Style elements carry the nonce; the component library makes them as it runs. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "frame-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
