import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '@gantry/contracts/error-catalogue';
import type { Scope } from '@gantry/contracts/http/api-key';
import type { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { Caller } from './caller.ts';

/** What a handler gives: one of the answers that its route says it gives. */
export interface Reply<Body = unknown> {
  status: number;
  body: Body;
  headers?: Record<string, string>;
  /** For an answer that goes on: gets the response once status and headers are sent. */
  stream?: (response: ServerResponse) => void;
}

/** A request that has passed the checks of its route. */
export interface Incoming<Params, Query, Body> {
  caller: Caller;
  params: Params;
  query: Query;
  body: Body;
  /** Where in a trace what it asks for belongs (W3C traceparent). */
  traceparent: string | null;
  /** For bodies that are no JSON, and for headers. */
  request: IncomingMessage;
}

/** What a route is: enough to check a request, to let it pass, and to describe it to clients. */
export interface RouteDefinition<Params, Query, Body, Answer> {
  method: 'get' | 'post' | 'put' | 'delete';
  /** As Express reads it. */
  path: string;
  summary: string;
  /** One of them is needed, or `admin`; none: any valid key. */
  scopes: readonly Scope[];
  /** What does not pass names nothing: 404. */
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  /** Of a JSON body; a route without one ignores whatever is sent. */
  body?: z.ZodType<Body>;
  /** Of a JSON body. */
  maxBodyBytes?: number;
  /** By content type, for a handler that reads bodies itself: what it takes. */
  bodies?: Readonly<Record<string, z.ZodType>>;
  /** Headers that it reads besides those of every route, each with what it is for. */
  headers?: Readonly<Record<string, string>>;
  /** By status: what the route answers with, errors aside. */
  answers: Readonly<Record<number, z.ZodType<Answer>>>;
  /** What the data of each event is, if the answer is a stream of events. */
  events?: z.ZodType;
  /** The answer has a secret in it that nobody keeps. */
  secretAnswer?: true;
  /** The answers without a body of their own are bytes of any type. */
  bytes?: true;
  /** Errors of its own: those that any route of its kind may answer with go without saying. */
  errors?: readonly ErrorCode[];
  handle(incoming: Incoming<Params, Query, Body>, deps: ApiDeps): Promise<Reply<Answer>>;
}

export type Route = RouteDefinition<unknown, unknown, unknown, unknown>;

/** Declares a route; the types of what its handler gets and gives come from the schemas. */
export function route<Params, Query, Body, Answer>(
  definition: RouteDefinition<Params, Query, Body, Answer>,
): RouteDefinition<Params, Query, Body, Answer> {
  return definition;
}

/** Reading what is configured: for those who follow executions and those who configure. */
export const READ_CONFIGURATION: readonly Scope[] = ['executions:read', 'assistants:write'];
