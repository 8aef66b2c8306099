import type { IncomingHttpHeaders } from 'node:http';
import type { Json, JsonObject } from '@gantry/domain/json';
import { badField } from '../http/api-error.ts';

/** The attributes that every CloudEvent has: one of them as a header says that the body is its data. */
const REQUIRED = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'];

/** Headers of the attributes that Gantry reads; any other attribute is kept too. */
export const CE_HEADERS = [...REQUIRED, 'ce-subject', 'ce-time'];

export function isBinaryCloudEvent(headers: IncomingHttpHeaders): boolean {
  return REQUIRED.some((name) => headers[name] !== undefined);
}

/**
 * A CloudEvent whose attributes came as headers, in its structured form.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function cloudEventOf(headers: IncomingHttpHeaders, data: Json | undefined): JsonObject {
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('ce-') && typeof value === 'string' ? [[name.slice(3), decoded(name, value)] as const] : [],
  );
  return { ...Object.fromEntries(attributes), ...(data === undefined ? {} : { data }) };
}

/** Quotes come off, then percent-encoded UTF-8 is decoded. @throws ApiError BAD_REQUEST naming the header */
function decoded(name: string, value: string): string {
  const text = utf8Of(value);
  try {
    return decodeURIComponent(/^"(.*)"$/.exec(text)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? text);
  } catch {
    throw badField(name, 'expected percent-encoded UTF-8, a % itself as %25');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Senders that encode nothing send UTF-8, of which Node makes a character a byte; what is none is Latin-1. */
function utf8Of(value: string): string {
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
