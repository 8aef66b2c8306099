import { type Response, Router } from 'express';
import { DOCUMENT_PATH, REFERENCE_PATH } from './openapi/reference-page.ts';

/** Styles of the page alone: nothing else is loaded, run or framed. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

const LINKS: readonly (readonly [href: string, name: string, what: string])[] = [
  [REFERENCE_PATH, 'API reference', 'every operation, to read and to try'],
  [DOCUMENT_PATH, 'OpenAPI 3.1', 'the same for programs'],
  ['/health/ready', 'Health', 'whether this api can work, and what is missing if not'],
  ['/metrics', 'Metrics', 'for Prometheus'],
];

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gantry</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1.25rem; }
dt { margin-top: 0.75rem; }
dd { margin: 0; opacity: 0.75; }
</style>
</head>
<body>
<main>
<h1>Gantry</h1>
<p>Executions of document and channel automations. The API is at <code>/api</code>.</p>
<dl>
${LINKS.map(([href, name, what]) => `<dt><a href="${href}">${name}</a></dt><dd>${what}</dd>`).join('\n')}
</dl>
</main>
</body>
</html>
`;

/** What a browser finds at `/` where no console is built. It says nothing of what is in the record, so it needs no key. */
export function homeRouter(): Router {
  const router = Router();
  router.get('/', (_request, response: Response) => {
    response.set({ 'content-security-policy': POLICY }).type('html').send(PAGE);
  });
  return router;
}
