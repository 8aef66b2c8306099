import { ERROR_CATALOGUE, type ErrorCode } from '@gantry/contracts/error-catalogue';
import { problem } from '@gantry/contracts/http/problem';
import type { JsonObject } from '@gantry/domain/json';
import { STATUS_CODES } from '@gantry/service/node-http';
import type { z } from 'zod';
import { IDEMPOTENCY_HEADER, takesIdempotencyKey } from '../http/idempotency.ts';
import type { Route } from '../http/route.ts';
import { errorCodesOf } from './error-codes.ts';
import type { JsonSchemas } from './json-schemas.ts';
import { tagOf } from './tags.ts';

const PARAMETER = /[:*](\w+)/g;

/** `/api/executions/:id` as OpenAPI writes it. */
export function pathTemplate(path: string): string {
  return path.replaceAll(PARAMETER, '{$1}');
}

/** The operation object of a route. */
export function describeRoute(route: Route, schemas: JsonSchemas): JsonObject {
  const parameters = [
    ...pathParameters(route, schemas),
    ...queryParameters(route, schemas),
    ...headerParameters(route),
  ];
  const requestBody = describeBody(route, schemas);
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: route.scopes.length > 0 ? `Needs the scope ${scopeList(route.scopes)}.` : 'Any valid key will do.',
    'x-scopes': [...route.scopes],
    tags: [tagOf(route.path)],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: { ...describeAnswers(route, schemas), ...describeErrors(route) },
  };
}

/** `PUT /api/executions/:id/cancel` is `putExecutionsByIdCancel`. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace('/api/', '')
    .replaceAll(PARAMETER, 'by-$1')
    .split(/[^A-Za-z0-9]+/);
  return method + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

function scopeList(scopes: readonly string[]): string {
  return scopes.map((scope) => `\`${scope}\``).join(' or ');
}

function pathParameters({ path, params }: Route, schemas: JsonSchemas): JsonObject[] {
  const properties = params ? propertiesOf(schemas.ofInput(params)) : {};
  return [...path.matchAll(PARAMETER)].map(([wildcard, name = '']) => ({
    name,
    in: 'path',
    required: true,
    // A wildcard takes slashes too; Express hands it over in parts.
    schema: wildcard.startsWith('*') ? { type: 'string' } : (properties[name] ?? { type: 'string' }),
  }));
}

function queryParameters({ query }: Route, schemas: JsonSchemas): JsonObject[] {
  if (query === undefined) return [];
  const { required, ...schema } = schemas.ofInput(query);
  return Object.entries(propertiesOf(schema)).map(([name, { description, ...own }]) => ({
    name,
    in: 'query',
    ...(description === undefined ? {} : { description }),
    required: Array.isArray(required) && required.includes(name),
    schema: own,
  }));
}

function headerParameters(route: Route): JsonObject[] {
  const headers = { ...route.headers, ...(takesIdempotencyKey(route) ? IDEMPOTENCY_HEADER : {}) };
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    required: false,
    schema: { type: 'string' },
  }));
}

function propertiesOf(schema: JsonObject): Record<string, JsonObject> {
  return (schema['properties'] ?? {}) as Record<string, JsonObject>;
}

function describeBody({ body, bodies }: Route, schemas: JsonSchemas): JsonObject | undefined {
  const byType = bodies ?? (body && { 'application/json': body });
  if (byType === undefined) return undefined;
  const mayBeEmpty = bodies === undefined && body?.safeParse({}).success === true;
  return { required: !mayBeEmpty, content: describeContent(byType, (schema) => schemas.ofInput(schema)) };
}

function describeContent(
  byType: Readonly<Record<string, z.ZodType>>,
  convert: (schema: z.ZodType) => JsonObject,
): JsonObject {
  return Object.fromEntries(Object.entries(byType).map(([type, schema]) => [type, { schema: convert(schema) }]));
}

function describeAnswers({ answers, events, bytes }: Route, schemas: JsonSchemas): JsonObject {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const description = STATUS_CODES[status] ?? status;
      if (schema.type !== 'undefined') {
        return [status, { description, content: { 'application/json': { schema: schemas.ofAnswer(schema) } } }];
      }
      if (events && status !== '204') return [status, describeStream(schemas.ofAnswer(events))];
      return [status, bytes && status.startsWith('20') ? describeBytes(description) : { description }];
    }),
  );
}

function describeStream(schema: JsonObject): JsonObject {
  return {
    description: 'Server-sent events; the schema is that of the data of each one without a type, as JSON.',
    content: { 'text/event-stream': { schema } },
  };
}

const ANY_TYPE = '*/*';

function describeBytes(description: string): JsonObject {
  return { description, content: { [ANY_TYPE]: {} } };
}

function describeErrors(route: Route): JsonObject {
  const byStatus = [...errorCodesOf(route)].sort(([a], [b]) => a - b);
  return Object.fromEntries(byStatus.map(([status, codes]) => [status, errorResponse(codes)]));
}

/** Errors that stand alone at their status are the same everywhere. */
function errorResponse(codes: readonly ErrorCode[]): JsonObject {
  return codes.length === 1 ? { $ref: `#/components/responses/${codes[0]}` } : describeProblems(codes);
}

/** A problem with one of these codes, which have one status. */
export function describeProblems(codes: readonly ErrorCode[]): JsonObject {
  const [first = 'INTERNAL_ERROR'] = codes;
  const { errors: _, ...example } = problem(first, `${ERROR_CATALOGUE[first].title}.`, '/api');
  const retry = codes.some((code) => ERROR_CATALOGUE[code].status === 429 || ERROR_CATALOGUE[code].status === 503);
  const code = { properties: { code: { enum: [...codes] } } };
  return {
    description: codes.map((each) => `\`${each}\`: ${ERROR_CATALOGUE[each].title}.`).join(' '),
    ...(retry ? { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } } : {}),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, code] },
        example,
      },
    },
  };
}
