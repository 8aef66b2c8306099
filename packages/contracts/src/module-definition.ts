import { z } from 'zod';

const MODULE_KINDS = ['node', 'script', 'process', 'http'] as const;

/** The pool of workers that runs a module which names none. */
export const DEFAULT_RUNTIME = 'gantry/default';

export const moduleMetadataSchema = z.object({
  kind: z.enum(MODULE_KINDS).default('node'),
  moduleRuntimeRef: z
    .string()
    .regex(/^(module:\/\/)?[a-z0-9._-]{1,64}\/[a-z0-9._-]{1,64}$/, 'expected org/slug')
    .transform((ref) => ref.replace('module://', ''))
    .default(DEFAULT_RUNTIME),
  script: z.string().nullish(),
  command: z.array(z.string()).nullish(),
  url: z.url().nullish(),
  options: z.array(z.record(z.string(), z.json())).default([]),
  timeoutSeconds: z.number().positive().max(86_400).nullish(),
  allowedHosts: z.array(z.string()).nullish(),
});
export type ModuleMetadata = z.infer<typeof moduleMetadataSchema>;
