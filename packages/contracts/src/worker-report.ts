import type { JsonObject } from '@gantry/domain/json';
import { SLUG_PATTERN } from '@gantry/domain/module-ref';
import { z } from 'zod';
import { moduleRuntimeRefField } from './module-definition.ts';

const slug = z.string().regex(SLUG_PATTERN);

/** What a module file says of its module. */
export const reportedModuleSchema = z.object({
  orgSlug: slug,
  slug,
  version: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).nullable(),
  moduleRuntimeRef: moduleRuntimeRefField,
  /** Each with its name, whether it is required, and what JSON Schema says of it. */
  options: z.array(z.custom<JsonObject>((option) => typeof option === 'object' && option !== null)).max(100),
});
export type ReportedModule = z.infer<typeof reportedModuleSchema>;

/** What a worker says of itself, again and again, in Redis. */
export const workerReportSchema = z.object({
  workerId: z.string(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  /** The module runtimes that it takes slices of; `*` among them: every other one as soon as there is something for it. */
  runtimes: z.array(z.string()),
  /** Names (`org/slug`) of the modules of the kind `node` that it has. */
  modules: z.array(z.string()),
  /** Those of them that come from module files. */
  definitions: z.array(reportedModuleSchema).max(1_000),
});
export type WorkerReport = z.infer<typeof workerReportSchema>;
