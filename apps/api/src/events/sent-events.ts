import type { IncomingMessage } from 'node:http';
import type { Json } from '@gantry/domain/json';
import { LIMITS } from '@gantry/domain/limits';
import { ApiError } from '../http/api-error.ts';
import { arrayElements } from '../http/array-elements.ts';
import { readJsonText, storableJson } from '../http/parse-json.ts';
import { readBody } from '../http/read-body.ts';
import { bodyText, isJsonType, mediaType } from '../http/read-json.ts';
import { cloudEventOf, isBinaryCloudEvent } from './binary-cloud-event.ts';
import { isCloudEvent, plainForm } from './read-cloud-event.ts';
import { checkEventSize } from './read-event.ts';

const MAX_REQUEST_BYTES = 16_777_216;

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const LINES = /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines)$/;

/**
 * Gives one event of a request in its plain form. A bad one says so only then, and sinks no other.
 * @throws ApiError
 */
type SentEvent = () => unknown;

/** What a request holds: one event, or several that are answered item by item. */
export type SentEvents = { one: SentEvent } | { many: SentEvent[] };

/**
 * Takes a request apart: JSON, or CloudEvents structured, binary or as a batch, or JSON lines.
 * @throws ApiError UNSUPPORTED_MEDIA_TYPE, CONTENT_TOO_LARGE or JSON_INVALID
 */
export async function readSentEvents(request: IncomingMessage): Promise<SentEvents> {
  const body = await readBody(request, MAX_REQUEST_BYTES);
  const type = mediaType(request);
  const isStructured = type === STRUCTURED || type === BATCH;
  if (!isStructured && isBinaryCloudEvent(request.headers)) return { one: binary(request, type, body) };
  if (LINES.test(type))
    return { many: linesOf(bodyText(request, body)).map((line) => () => readText(line, 'The line', false)) };
  if (!isJsonType(type)) throw unsupported();

  const text = bodyText(request, body);
  const elements = arrayElements(text);
  if (elements !== undefined) {
    checkCount(elements.length);
    return { many: elements.map((element) => () => readText(element, 'The event', isStructured)) };
  }
  if (type === BATCH) throw new ApiError('JSON_INVALID', 'The body is not a JSON array.');
  return { one: () => readText(text === '' ? '{}' : text, 'The body', isStructured) };
}

function binary(request: IncomingMessage, type: string, body: Buffer): SentEvent {
  checkEventSize(body.length);
  if (body.length > 0 && !isJsonType(type)) {
    const octets = { datacontenttype: type, data_base64: body.toString('base64') };
    return () => read({ ...cloudEventOf(request.headers, undefined), ...octets }, 'The event', true);
  }
  const data = body.length === 0 ? undefined : readJsonText(bodyText(request, body), 'The body');
  return () => read(cloudEventOf(request.headers, data), 'The event', true);
}

function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next === -1 ? text.length : next;
    const line = text.slice(start, end).trim();
    if (line !== '') checkCount(lines.push(line));
    start = end + 1;
  }
  return lines;
}

/** What is too large is not even parsed. */
function readText(text: string, what: string, isStructured: boolean): unknown {
  checkEventSize(Buffer.byteLength(text));
  return read(readJsonText(text, what), what, isStructured);
}

function read(value: Json, what: string, isStructured: boolean): unknown {
  const storable = storableJson(value, what);
  return isStructured || isCloudEvent(storable) ? plainForm(storable) : storable;
}

function checkCount(count: number): void {
  if (count > LIMITS.eventsPerRequest) {
    throw new ApiError('CONTENT_TOO_LARGE', `A request holds at most ${LIMITS.eventsPerRequest} events.`);
  }
}

function unsupported(): ApiError {
  return new ApiError(
    'UNSUPPORTED_MEDIA_TYPE',
    `Send the events as application/json, ${STRUCTURED}, ${BATCH} or application/x-ndjson.`,
  );
}
