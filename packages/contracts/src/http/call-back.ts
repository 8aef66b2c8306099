import { z } from 'zod';

/** How a step ended that an endpoint was given to do, as it says later. */
export const callBackSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('succeeded'), output: z.json().optional() }),
  z.object({
    kind: z.literal('failed'),
    error: z.object({
      code: z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'expected a code such as PAGE_MISSING'),
      message: z.string().max(4_000),
      advice: z.string().max(4_000).optional(),
    }),
  }),
]);
