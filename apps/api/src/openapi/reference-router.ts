import { Router } from 'express';
import type { Route } from '../http/route.ts';
import { openApiDocument } from './openapi-document.ts';
import {
  DOCUMENT_PATH,
  REFERENCE_ASSETS,
  REFERENCE_PAGE,
  REFERENCE_PATH,
  REFERENCE_POLICY,
  REFERENCE_SCRIPT,
} from './reference-page.ts';

/** What the API is, for programs and for people. No key is needed: it says nothing of what is in the record. */
export function referenceRouter(routes: readonly Route[]): Router {
  let document: string | undefined;
  const router = Router();
  router.get(DOCUMENT_PATH, (_request, response) => {
    document ??= JSON.stringify(openApiDocument(routes));
    response.type('json').send(document);
  });
  router.use(REFERENCE_PATH, (_request, response, next) => {
    response.set({
      'content-security-policy': REFERENCE_POLICY,
      'referrer-policy': 'no-referrer',
    });
    next();
  });
  router.get(REFERENCE_PATH, (_request, response) => {
    response.type('html').send(REFERENCE_PAGE);
  });
  router.get(`${REFERENCE_PATH}/reference.js`, (_request, response) => {
    response.type('js').send(REFERENCE_SCRIPT);
  });
  for (const [name, file] of REFERENCE_ASSETS) {
    router.get(`${REFERENCE_PATH}/${name}`, (_request, response) => response.sendFile(file, { maxAge: '1h' }));
  }
  return router;
}
