import { z } from 'zod';
import { DocumentError } from './document-error.ts';

const inputSchema = z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)]);

/** The text of what a parser gave, or a text by itself. Throws TEXT_MISSING. */
export function textOf(input: unknown): string {
  const parsed = inputSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new DocumentError('TEXT_MISSING', 'previousOutput: neither the output of a parser nor a text');
}
