import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode } from '../error-catalogue.ts';

/**
 * RFC 9457, with a stable code; `errors` is an object because older clients cannot read an array there. Every 400 and 422 has
 * it, as they walk through it unseen: empty where no field is to blame.
 */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  /** The same as `detail`. */
  message: z.string(),
  errors: z.record(z.string(), z.string()).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

const OF_FIELDS: readonly number[] = [400, 422];

/** @param instance the path of the request */
export function problem(code: ErrorCode, detail: string, instance: string, errors?: Record<string, string>): Problem {
  const { status, title } = ERROR_CATALOGUE[code];
  const type = `urn:gantry:error:${code}`;
  const told = errors ?? (OF_FIELDS.includes(status) ? {} : undefined);
  return { type, title, status, detail, instance, code, message: detail, ...(told && { errors: told }) };
}
