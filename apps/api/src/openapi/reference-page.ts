import { createRequire } from 'node:module';
import { ERROR_CATALOGUE } from '@gantry/contracts/error-catalogue';

export const DOCUMENT_PATH = '/api/openapi.json';
export const REFERENCE_PATH = '/api/docs';

const require = createRequire(import.meta.url);

/** Parts of the page that ship with Swagger UI, by name: nothing comes from another server. */
export const REFERENCE_ASSETS: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', require.resolve('swagger-ui-dist/swagger-ui.css')],
  ['swagger-ui-bundle.js', require.resolve('swagger-ui-dist/swagger-ui-bundle.js')],
]);

/** Scripts of this server alone; Swagger UI writes styles into the page, and its icons are data. */
export const REFERENCE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ERROR_ROWS = Object.entries(ERROR_CATALOGUE).map(([code, { status, title, advice }]) => {
  const cells = [`<code>${code}</code>`, status, escaped(title), escaped(advice)];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
});

/** Markdown marks code with backticks. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

/** Long paths and tables scroll or break on a narrow screen, the page does not. */
const STYLE = `body { margin: 0; }
.swagger-ui .wrapper { box-sizing: border-box; padding: 0 12px; }
.swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
.swagger-ui .opblock .opblock-summary-path { max-width: 100%; overflow-wrap: anywhere; }
.swagger-ui .scheme-container .schemes { flex-wrap: wrap; }
.swagger-ui .table-container, .swagger-ui .model-box { overflow-x: auto; max-width: 100%; box-sizing: border-box; }
#errors { font: 14px/1.5 sans-serif; max-width: 1460px; margin: 0 auto 4rem; padding: 0 12px; overflow-x: auto; }
#errors td, #errors th { padding: 4px 12px 4px 0; text-align: left; vertical-align: top; }
#errors td:first-child code { font-size: 12px; }`;

export const REFERENCE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gantry API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${REFERENCE_PATH}/swagger-ui.css">
<style>
${STYLE}
</style>
</head>
<body>
<main id="reference"></main>
<section id="errors">
<h2>Errors</h2>
<table>
<thead><tr><th>code</th><th>status</th><th>meaning</th><th>what to do</th></tr></thead>
<tbody>
${ERROR_ROWS.join('\n')}
</tbody>
</table>
</section>
<noscript>This page needs JavaScript; the description itself is at <a href="${DOCUMENT_PATH}">${DOCUMENT_PATH}</a>.</noscript>
<script src="${REFERENCE_PATH}/swagger-ui-bundle.js"></script>
<script src="${REFERENCE_PATH}/reference.js"></script>
</body>
</html>
`;

export const REFERENCE_SCRIPT = `SwaggerUIBundle({
  url: '${DOCUMENT_PATH}',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
});
`;
