import { z } from 'zod';

/**
 * Leaves out of a body every member that is null where its schema takes no null: clients that send all the fields they
 * know mean that they say nothing of these. Where null has a meaning of its own, it keeps it.
 */
export function withoutAbsentNulls(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  const inner = optionFor(unwrapped(schema), value);
  if (inner instanceof z.ZodArray) {
    return Array.isArray(value) ? value.map((item) => withoutAbsentNulls(inner.element, item)) : value;
  }
  if (!(inner instanceof z.ZodObject) || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const field = Object.hasOwn(inner.shape, name) ? inner.shape[name] : undefined;
      if (field === undefined) return [[name, member]];
      if (member === null) return z.safeParse(field, null).success ? [[name, null]] : [];
      return [[name, withoutAbsentNulls(field, member)]];
    }),
  );
}

/** Of several kinds of an object the one that its discriminator names; the kind of those without one, if that is null. */
function optionFor(schema: z.core.$ZodType, value: object): z.core.$ZodType {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const { discriminator, options } = schema.def;
  const kind = (value as Record<string, unknown>)[discriminator] ?? undefined;
  const fits = (option: z.core.$ZodType) =>
    option instanceof z.ZodObject && z.safeParse(option.shape[discriminator], kind).success;
  return options.find(fits) ?? schema;
}

/** The schema itself, below what says that it may be left out. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return unwrapped(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? unwrapped(schema.in) : schema;
}
