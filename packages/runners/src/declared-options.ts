import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import type { JsonObject } from '@gantry/domain/json';
import { parseModuleOptions } from '@gantry/module-sdk/module-options';
import { z } from 'zod';

const JSON_TYPES: readonly unknown[] = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/**
 * The options of a step with the defaults filled in that its module's definition declares: a list of JSON Schemas, each
 * with `name` and `required`. `node` modules have their schema in their code and parse options themselves.
 * @throws ModuleOptionsError
 */
export async function withDeclaredOptions(module: ModuleMetadata, options: JsonObject): Promise<JsonObject> {
  if (module.kind === 'node' || module.options.length === 0) return options;
  const parsed = await parseModuleOptions(schemaOf(module.options), options);
  return { ...options, ...parsed };
}

function schemaOf(declared: ModuleMetadata['options']): z.ZodType<JsonObject> {
  const properties: Record<string, z.core.JSONSchema.JSONSchema> = {};
  const required: string[] = [];
  for (const { name, required: needed, ...property } of declared) {
    if (typeof name !== 'string') continue;
    // Definitions may name types of their own; of those nothing is known.
    const { type, ...rest } = property;
    properties[name] = (
      JSON_TYPES.includes(type) ? property : { default: rest['default'] }
    ) as z.core.JSONSchema.JSONSchema;
    if (needed === true) required.push(name);
  }
  return z.fromJSONSchema({ type: 'object', properties, required }) as z.ZodType<JsonObject>;
}
