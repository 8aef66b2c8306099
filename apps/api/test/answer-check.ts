import type { OutgoingHttpHeaders } from 'node:http';
import { ERROR_CATALOGUE, isErrorCode } from '@gantry/contracts/error-catalogue';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { pathTemplate } from '../src/openapi/describe-route.ts';
import { openApiDocument } from '../src/openapi/openapi-document.ts';
import { ROUTES } from '../src/routes.ts';

/** An answer as it went over the wire. */
export interface SeenAnswer {
  method: string;
  url: string;
  /** The route it came from, as Express knows it; undefined when nothing is there. */
  route: string | undefined;
  status: number;
  headers: OutgoingHttpHeaders;
  body: string;
}

/** The parts of the document that are looked at here. */
interface Described {
  $ref?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, unknown>;
}

/** Pages and probes that the document leaves out. */
const OUTSIDE = /^\/((health|metrics|admin|session|call-backs|worker|api\/docs|api\/openapi\.json)(\/|\?|$)|\?|$)/;

const PROBLEM = '#/components/schemas/Problem';

const document = openApiDocument(ROUTES);
const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document, 'openapi');

/** What is wrong with an answer by the OpenAPI document; undefined: nothing. */
export function answerMismatch(answer: SeenAnswer): string | undefined {
  const { method, url, route, status } = answer;
  if (OUTSIDE.test(url) || method === 'OPTIONS') return undefined;
  const wrong = mismatch(answer);
  return (
    wrong && `${method} ${url} (${route ?? 'no route'}) answered ${status}: ${wrong}\n${answer.body.slice(0, 500)}`
  );
}

function mismatch(answer: SeenAnswer): string | undefined {
  const method = answer.method === 'HEAD' ? 'get' : answer.method.toLowerCase();
  const operation = pointer('paths', pathTemplate(answer.route ?? ''), method);
  if (answer.status >= 500 && codeOf(answer) === 'INTERNAL_ERROR') return 'something went wrong inside';
  // Nothing there, or not with this method.
  if (at(operation) === undefined) {
    return answer.status < 400 ? 'no operation is described here' : badProblem(answer, PROBLEM);
  }
  const named = `${operation}/responses/${answer.status}`;
  const response = at(named) as Described | undefined;
  if (response === undefined) return `the operation has no answer of this status${hint(answer)}`;
  return response.$ref ? badResponse(answer, response.$ref) : badResponse(answer, named);
}

function badResponse(answer: SeenAnswer, response: string): string | undefined {
  const { content, headers = {} } = at(response) as Described;
  const missing = Object.keys(headers).filter((name) => answer.headers[name.toLowerCase()] === undefined);
  if (missing.length > 0) return `it lacks ${missing.join(', ')}`;
  if (content === undefined) return answer.body === '' ? undefined : 'it has a body';
  if ('*/*' in content) return answer.headers['content-type'] === undefined ? 'it has no content type' : undefined;
  const type = String(answer.headers['content-type']).split(';')[0] ?? '';
  if (!(type in content)) return `its content type is ${type}, not ${Object.keys(content).join(' or ')}`;
  const schema = `${response}/content/${escaped(type)}/schema`;
  if (type === 'application/problem+json') return badProblem(answer, schema);
  if (type === 'text/event-stream') return badEvents(answer.body, schema);
  return answer.method === 'HEAD' ? undefined : badJson(answer.body, schema);
}

function badProblem(answer: SeenAnswer, schema: string): string | undefined {
  const code = codeOf(answer);
  if (code === undefined || !isErrorCode(code)) return 'it has no code of the catalogue';
  if (ERROR_CATALOGUE[code].status !== answer.status) return `its code ${code} has another status`;
  const wrong = badJson(answer.body, schema);
  return wrong && wrong + hint(answer);
}

/** Events with a type of their own (errors, resets) are no data. */
function badEvents(body: string, schema: string): string | undefined {
  const data = body
    .split('\n\n')
    .flatMap((event) => (/^event: /m.test(event) ? [] : (/^data: (.*)$/m.exec(event)?.[1] ?? [])));
  return data.map((text) => badJson(text, schema)).find(Boolean);
}

function badJson(text: string, schema: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const validate = ajv.getSchema(`openapi${schema}`) as ValidateFunction;
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'body' });
}

/** Most likely a route lacks one of its error codes. */
function hint(answer: SeenAnswer): string {
  const code = codeOf(answer);
  return code === undefined ? '' : `: should \`errors\` of the route list ${code}?`;
}

function codeOf({ body }: SeenAnswer): string | undefined {
  return /"code":"([A-Z_]+)"/.exec(body)?.[1];
}

function pointer(...keys: string[]): string {
  return `#/${keys.map(escaped).join('/')}`;
}

/** https://www.rfc-editor.org/rfc/rfc6901: also in a URI fragment. */
function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function at(reference: string): unknown {
  const keys = reference.slice(2).split('/');
  return keys.reduce<unknown>((value, key) => {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[name] : undefined;
  }, document);
}
