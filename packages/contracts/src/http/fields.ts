import type { Json, JsonObject } from '@gantry/domain/json';
import { MAX_LABEL } from '@gantry/domain/label';
import { SLUG_PATTERN } from '@gantry/domain/module-ref';
import { z } from 'zod';

/** Fields that many resources have. Texts that are indexed are bounded so that their index entries fit. */

/** An id that Gantry gave: a UUID of any version, in either case. What was found by it is compared with it as text. */
export const idField = z.guid().toLowerCase();

const REPLACEMENT = '\uFFFD';
const NOT_WHOLE = 'expected well-formed text without U+0000 and U+FFFD';

/** U+FFFD stands for what could not be kept: two names that differ there alone must not become one. */
function isWhole(text: string): boolean {
  return !text.includes(REPLACEMENT);
}

/** An id that a producer may have given. */
export const foreignIdField = z.string().min(1).max(255).refine(isWhole, NOT_WHOLE);

/** One that paths of URLs name: clients take `.` and `..` out of a path, however they are encoded. */
export const pathIdField = foreignIdField.refine((id) => !/^\.\.?$/.test(id), 'expected an id other than . and ..');

/** What a producer says two events have in common that are the same work. */
export const deduplicationKeyField = z.string().min(1).max(500).refine(isWhole, NOT_WHOLE);

export const nameField = z.string().trim().min(1).max(200);

export const descriptionField = z.string().max(4_000);

export const slugField = z.string().regex(SLUG_PATTERN, 'expected lower-case letters, digits, -, _ and .');

export const labelField = z.string().min(1).max(MAX_LABEL);

const PATH_BYTES = 1_024;

/** Composed and decomposed characters are one name. */
export const pathField = z
  .string()
  .normalize('NFC')
  .min(1)
  .refine(isWhole, NOT_WHOLE)
  .refine((path) => Buffer.byteLength(path) <= PATH_BYTES, `expected at most ${PATH_BYTES} bytes`);

export const changeSequenceField = z.int().min(0);

/** What a JSON body holds was parsed, so it is JSON; going through it once more would only cost time. */
export const jsonField = z.unknown() as z.ZodType<Json>;

export const jsonObjectField = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;

/** An instant as clients read it: ISO 8601, UTC, milliseconds. */
export const instantField = z.iso.datetime({ precision: 3 });

/** An instant as clients send it: ISO 8601, in UTC or with an offset. In UTC its year has four digits, and Postgres knows it. */
export function instantInputField(lastYear = 9_999) {
  return z.iso.datetime({ offset: true }).refine((text) => {
    const year = new Date(text).getUTCFullYear();
    return year >= 1 && year <= lastYear;
  }, `expected a year from 1 to ${lastYear}`);
}

/** What every mutable resource carries. */
export const resourceFields = {
  id: z.string(),
  changeSequence: z.int(),
  createdOn: instantField,
  updatedOn: instantField,
};
