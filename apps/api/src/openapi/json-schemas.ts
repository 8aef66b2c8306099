import type { Json, JsonObject } from '@gantry/domain/json';
import { z } from 'zod';
import { COMPONENT_SCHEMAS } from './component-schemas.ts';

type Direction = 'input' | 'output';

/** Zod schemas as the JSON Schemas of an OpenAPI document, those with a name collected among its components. */
export class JsonSchemas {
  /** By name: those that were referred to so far. */
  readonly components: Record<string, JsonObject> = {};
  readonly #names = { input: namesOf('input'), output: namesOf('output') };

  /** What clients send. */
  ofInput(schema: z.ZodType): JsonObject {
    return this.#convert(schema, 'input');
  }

  /** What clients read. They must live with fields that come later, so no answer is closed to more. */
  ofAnswer(schema: z.ZodType): JsonObject {
    return this.#convert(schema, 'output');
  }

  #convert(schema: z.ZodType, io: Direction): JsonObject {
    const { $defs = {}, ...own } = z.toJSONSchema(schema, { io, metadata: this.#names[io] });
    for (const [name, definition] of Object.entries($defs)) {
      if (!isAnyJson(name)) this.components[name] ??= tidyObject(definition as JsonObject, io);
    }
    return tidyObject(own as JsonObject, io);
  }
}

/** Names of schemas, beside what the schemas say of themselves. */
class Names extends z.core.$ZodRegistry<z.core.GlobalMeta> {
  override get<Schema extends z.core.$ZodType>(schema: Schema): z.core.$replace<z.core.GlobalMeta, Schema> | undefined {
    const own = z.globalRegistry.get(schema);
    const name = super.get(schema);
    return own && name ? { ...own, ...name } : (name ?? own);
  }
}

/** Names of what is only ever sent. */
const SENT = /(Input|Update|^CloudEvent)$/;

/** The same schema differs by direction (what has a default need not be sent), so it has a name for each. */
function namesOf(io: Direction): Names {
  const names = new Names();
  for (const [name, { schema, example }] of Object.entries(COMPONENT_SCHEMAS)) {
    const id = io === 'output' || SENT.test(name) ? name : `${name}Input`;
    names.add(schema, { id, ...(example === undefined ? {} : { examples: [example] }) });
  }
  return names;
}

/** Zod's name for a schema that refers to itself: among ours that is `z.json()` alone. */
function isAnyJson(name: string): boolean {
  return name.startsWith('__schema');
}

const REFERENCE = '#/$defs/';

function tidy(value: Json, io: Direction): Json {
  if (Array.isArray(value)) return value.map((item) => tidy(item, io));
  return value !== null && typeof value === 'object' ? tidyObject(value, io) : value;
}

/** Leaves out what a format says already, and what says nothing. */
function tidyObject(schema: JsonObject, io: Direction): JsonObject {
  const { $ref } = schema;
  if (typeof $ref === 'string') {
    const name = $ref.slice(REFERENCE.length);
    return isAnyJson(name) ? {} : { $ref: `#/components/schemas/${name}` };
  }
  const kept = Object.entries(schema).filter(([key, value]) => !saysNothing(key, value as Json, schema, io));
  return Object.fromEntries(kept.map(([key, value]) => [key, key === 'examples' ? value : tidy(value as Json, io)]));
}

function saysNothing(key: string, value: Json | undefined, schema: JsonObject, io: Direction): boolean {
  switch (key) {
    case '$schema':
      return typeof value === 'string';
    case 'pattern':
      return schema['format'] === 'date-time' || schema['format'] === 'uuid' || value === undefined;
    case 'minimum':
      return value === Number.MIN_SAFE_INTEGER;
    case 'maximum':
      return value === Number.MAX_SAFE_INTEGER;
    case 'propertyNames':
      return JSON.stringify(value) === '{"type":"string"}';
    case 'additionalProperties':
      return io === 'output' && value === false;
    default:
      return value === undefined;
  }
}
