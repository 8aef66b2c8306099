import type { IncomingHttpHeaders } from 'node:http';
import type { Json, JsonObject } from '@gantry/domain/json';

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
    name.startsWith('ce-') && typeof value === 'string' ? [[name.slice(3), decoded(value)] as const] : [],
  );
  return { ...Object.fromEntries(attributes), ...(data === undefined ? {} : { data }) };
}

/** Quotes come off, then percent-encoded UTF-8 is decoded, as far as it is that. */
function decoded(value: string): string {
  const text = /^"(.*)"$/.exec(value)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? value;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
