import { z } from 'zod';
import { instantField, nameField } from './fields.ts';

/** What a key may do. `admin`: everything within its organization; `operator`: what concerns all of them. */
export const SCOPES = [
  'events:write',
  'executions:read',
  'executions:write',
  'assistants:write',
  /** Has workers run its code. */
  'modules:publish',
  'admin',
  'operator',
] as const;
export type Scope = (typeof SCOPES)[number];

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdOn: instantField,
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** The one time that the secret is shown. */
export const createdApiKeySchema = apiKeySchema.extend({ key: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;

export const apiKeyInputSchema = z.object({
  name: nameField,
  scopes: z.array(z.enum(SCOPES)).min(1),
});
export type ApiKeyInput = z.input<typeof apiKeyInputSchema>;

export const accountSchema = z.object({
  organization: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  key: apiKeySchema,
});
export type Account = z.infer<typeof accountSchema>;
