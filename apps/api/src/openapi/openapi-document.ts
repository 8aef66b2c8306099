import { ERROR_CATALOGUE, type ErrorCode } from '@gantry/contracts/error-catalogue';
import { problemSchema } from '@gantry/contracts/http/problem';
import type { JsonObject } from '@gantry/domain/json';
import manifest from '../../package.json' with { type: 'json' };
import type { Route } from '../http/route.ts';
import { describeProblems, describeRoute, pathTemplate } from './describe-route.ts';
import { JsonSchemas } from './json-schemas.ts';
import { REFERENCE_PATH } from './reference-page.ts';
import { SECURITY_SCHEMES } from './security-schemes.ts';
import { TAGS } from './tags.ts';

/**
 * The OpenAPI 3.1 document of a table of routes. What is not in the table is left out on purpose: health and metrics are
 * for the machinery around Gantry, the queue board is a page for people.
 */
export function openApiDocument(routes: readonly Route[]): JsonObject {
  const schemas = new JsonSchemas();
  const problem = schemas.ofAnswer(problemSchema);
  const byPath = Object.groupBy(routes, ({ path }) => pathTemplate(path));
  const paths = Object.fromEntries(
    Object.entries(byPath).map(([path, atPath = []]) => [
      path,
      Object.fromEntries(atPath.map((route) => [route.method, describeRoute(route, schemas)])),
    ]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gantry',
      version: manifest.version,
      description: introduction(),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    // Each of the headers will do.
    security: Object.keys(SECURITY_SCHEMES).map((scheme) => ({ [scheme]: [] })),
    tags: TAGS.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { ...schemas.components, Problem: problem },
      responses: Object.fromEntries(sharedErrors(paths).map((code) => [code, describeProblems([code])])),
      headers: { RetryAfter: { description: 'Seconds until it is worth another try.', schema: { type: 'integer' } } },
    },
  };
}

/** Those that some operation refers to. */
function sharedErrors(paths: JsonObject): ErrorCode[] {
  const text = JSON.stringify(paths);
  return errorCodes().filter((code) => text.includes(`"#/components/responses/${code}"`));
}

function introduction(): string {
  return `Gantry turns events into executions of assistants' pipelines.

Send an API key in one of three headers; which scope an operation needs is said there, and \`admin\` may do everything.
Lists are pages that are counted from 1 in requests and from 0 in answers. Instants are ISO 8601 in UTC.
Answers may get more fields in time: ignore those you do not know. A member of a body that is null where its schema has no
null counts as left out. Writes refuse query parameters that they do not know.

Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`; what each means is listed at the end of
[the reference](${REFERENCE_PATH}#errors).`;
}

function errorCodes(): ErrorCode[] {
  return Object.keys(ERROR_CATALOGUE) as ErrorCode[];
}
