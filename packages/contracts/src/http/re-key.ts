import { z } from 'zod';

export const reKeyedSchema = z.object({
  /** Names the key that secrets are sealed with, without telling of it. */
  keyId: z.string(),
  /** How many were sealed with a key before it, and are sealed with it now. */
  resealed: z.int(),
  /** How many are sealed with a key that the api does not have: to be saved again, or the key to be given. */
  lost: z.int(),
});
export type ReKeyed = z.infer<typeof reKeyedSchema>;
