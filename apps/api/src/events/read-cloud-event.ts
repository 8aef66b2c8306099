import { isUtf8 } from 'node:buffer';
import { type CloudEvent, cloudEventSchema } from '@gantry/contracts/http/cloud-event';
import { type EventInput, eventInputSchema } from '@gantry/contracts/http/event';
import { eventTypeRow } from '@gantry/domain/event-type';
import { eventTypeNamed } from '@gantry/domain/event-type-name';
import type { Json, JsonObject } from '@gantry/domain/json';
import { badInput } from '../http/api-error.ts';
import { parseJson, utf8Text } from '../http/parse-json.ts';
import { isJsonType, mediaTypeOf } from '../http/read-json.ts';

type PlainField = keyof EventInput;

/** Fields of the plain form that come from attributes every CloudEvent has. */
const OF_ATTRIBUTES: readonly PlainField[] = ['eventType', 'id', 'source'];
const PLAIN_FIELDS = (Object.keys(eventInputSchema.shape) as PlainField[]).filter(
  (field) => !OF_ATTRIBUTES.includes(field) && field !== 'data',
);

/** Where it was traced the attribute of that name says, and not the data. */
const DATA_FIELDS = PLAIN_FIELDS.filter((field) => field !== 'traceparent');

/** Whether something that is not said to be a CloudEvent is one all the same. */
export function isCloudEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'specversion' in value && !('eventType' in value);
}

/**
 * A CloudEvent in the plain form. Extension attributes and members of `data` that are named like fields of the plain
 * form are those fields (attributes are in lower case and win); the rest of `data` stays data. `subject` is what an
 * event of its type must be about where nothing else says it; for other types it is kept with the data.
 * @throws ApiError naming the bad attributes
 */
export function plainForm(value: unknown): JsonObject {
  const result = cloudEventSchema.safeParse(value);
  if (!result.success) throw badInput(result.error, 'body');
  const event = result.data;
  const { fields, rest } = split(dataOf(event));
  const plain: JsonObject = {
    ...fields,
    ...ofExtensions(event),
    eventType: eventTypeNamed(event.type) ?? event.type,
    id: event.id,
    source: event.source,
  };
  return { ...plain, ...withSubject(event.subject ?? null, plain, rest) };
}

/** Only an object has members; any other data is the member `data` of one. What is no JSON comes with its type. */
function dataOf({ data, data_base64, datacontenttype: type }: CloudEvent): JsonObject {
  if (data_base64 != null && type != null && !isJsonType(mediaTypeOf(type))) return octets(data_base64, type);
  const value =
    data_base64 == null ? data : parseJson(utf8Text(Buffer.from(data_base64, 'base64'), 'data_base64'), 'data_base64');
  if (value === undefined || value === null) return {};
  return isObject(value) ? value : { data: value };
}

/** A text as it is, if it is one in UTF-8; all else stays base64. */
function octets(base64: string, datacontenttype: string): JsonObject {
  const bytes = Buffer.from(base64, 'base64');
  const isText = mediaTypeOf(datacontenttype).startsWith('text/') && isUtf8(bytes) && !bytes.includes(0);
  return isText ? { data: bytes.toString(), datacontenttype } : { data_base64: base64, datacontenttype };
}

function split(data: JsonObject): { fields: JsonObject; rest: JsonObject } {
  const isField = ([name]: [string, Json]) => (DATA_FIELDS as string[]).includes(name);
  const { data: inner, ...rest } = Object.fromEntries(Object.entries(data).filter((entry) => !isField(entry)));
  return {
    fields: Object.fromEntries(Object.entries(data).filter(isField)),
    // `data` in the data is what the plain form calls so.
    rest: inner === undefined ? rest : { ...rest, ...(isObject(inner) ? inner : { data: inner }) },
  };
}

/** Headers hold texts only, so that a priority may be one. */
function ofExtensions(event: CloudEvent): JsonObject {
  const attributes: Record<string, unknown> = event;
  return Object.fromEntries(
    PLAIN_FIELDS.flatMap((field) => {
      const value = attributes[field.toLowerCase()] as Json | undefined;
      if (value === undefined) return [];
      const isNumber = field === 'priority' && typeof value === 'string' && /^-?\d{1,9}$/.test(value);
      return [[field, isNumber ? Number(value) : value] as const];
    }),
  );
}

function withSubject(subject: string | null, plain: JsonObject, data: JsonObject): JsonObject {
  if (subject === null) return { data };
  const [about] = eventTypeRow(String(plain['eventType'])).requires;
  if (about === undefined) return { data: { subject, ...data } };
  return plain[about] == null ? { [about]: subject, data } : { data };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
