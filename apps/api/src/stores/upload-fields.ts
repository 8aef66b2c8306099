import { idField, jsonObjectField, labelField, pathField } from '@gantry/contracts/http/fields';
import type { Json, JsonObject } from '@gantry/domain/json';
import { z } from 'zod';
import { badField, badInput } from '../http/api-error.ts';
import { parseJsonField } from '../http/parse-json.ts';
import type { Upload } from './read-upload.ts';

const fieldsSchema = z.object({
  path: pathField.nullable(),
  projectId: idField.nullable(),
  labels: z.array(labelField).max(200),
  metadata: jsonObjectField,
});

/** The form as it is described to clients. */
export const uploadFormSchema = fieldsSchema.partial().extend({ file: z.file() });

/**
 * What the form says of its document; without a path the file's name is one.
 * @throws ApiError naming the bad field
 */
export function uploadFields({ fields, fileName }: Upload): z.infer<typeof fieldsSchema> {
  const result = fieldsSchema.safeParse({
    path: fields.get('path')?.at(-1) || fileName,
    projectId: fields.get('projectId')?.at(-1) || null,
    labels: (fields.get('labels') ?? []).flatMap(readLabels),
    metadata: readMetadata(fields.get('metadata')?.at(-1)),
  });
  if (!result.success) throw badInput(result.error, 'body');
  return result.data;
}

/** A JSON array, or words separated by commas. */
function readLabels(text: string): Json[] {
  if (text.trimStart().startsWith('[')) {
    const labels = parseJsonField(text, 'labels');
    if (Array.isArray(labels)) return labels;
  }
  return text.split(',').flatMap((label) => label.trim() || []);
}

function readMetadata(text: string | undefined): JsonObject {
  const metadata = text ? parseJsonField(text, 'metadata') : {};
  if (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata)) {
    throw badField('metadata', 'expected a JSON object');
  }
  return metadata;
}
