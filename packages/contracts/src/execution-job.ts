import type { Json, JsonObject } from '@gantry/domain/json';
import { stepDefinitionSchema } from '@gantry/domain/pipeline';
import { z } from 'zod';
import { contentObjectSchema, familySnapshotSchema } from './document-snapshot.ts';
import type { ModuleMetadata } from './module-definition.ts';

/*
 * A job was JSON text a moment ago, so that its values are JSON all the way down: to look again, as `z.json()` does, would be
 * most of what reading a job costs.
 */
const json = z.custom<Json>(() => true);
const jsonObject = z.custom<JsonObject>(isObject);

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The output a step works on: inline, or a reference into the content store when it is large. */
export const stepInputSchema = z.object({
  output: json,
  outputRef: z.string().nullable(),
  outputId: z.string().nullable(),
});
export type StepInput = z.infer<typeof stepInputSchema>;

const work = {
  executionId: z.uuid(),
  organizationId: z.uuid(),
  /** Which planning of the execution this is: 1 for the first. */
  epoch: z.number().int().min(1),
  priority: z.number().int().min(0).max(1000),
  context: jsonObject,
  parameters: jsonObject,
  documentFamily: familySnapshotSchema.extend({ metadata: jsonObject }).nullable(),
  contentObject: contentObjectSchema.extend({ metadata: jsonObject }).nullable(),
  /** Where in a trace it belongs, if anybody said so (W3C traceparent). */
  traceparent: z.string().max(100).nullish(),
};

const step = stepDefinitionSchema.extend({ options: jsonObject.nullish() });

const moduleDefinition = z.object({
  orgSlug: z.string(),
  slug: z.string(),
  version: z.string(),
  /** As it was taken from the record, which checks it. */
  metadata: z.custom<ModuleMetadata>(isObject),
});

/** Module definitions as the record had them at an instant (ms since 1970), by the names that `moduleAmong` knows. */
export const seenModulesSchema = z.object({
  at: z.number(),
  found: z.array(z.tuple([z.string(), moduleDefinition.extend({ active: z.boolean() })])),
});
export type SeenModules = z.infer<typeof seenModulesSchema>;

/** What the planner takes from the queue `executions`. All it needs but the module definitions. */
export const executionJobSchema = z.object({
  ...work,
  steps: z.array(step),
  /** The first step not yet succeeded in the record, and the output before it: not 0 when planned again. */
  firstStep: z.number().int().min(0),
  input: stepInputSchema,
  /** By step: the version of a published module that an earlier planning has frozen. */
  versions: z.array(z.string().nullable()).nullish(),
  /** The job it shares with others; without one it has a job of its own. */
  queueBatch: z.uuid().nullish(),
  /** What whoever created it has seen of its modules; said once where a job has many. */
  modules: seenModulesSchema.nullish(),
});
export type ExecutionJob = z.infer<typeof executionJobSchema>;

/** A job of the queue `executions`; one of a single execution may be that execution itself. */
export const planningJobSchema = z.union([
  z.object({ executions: z.array(executionJobSchema).min(1), modules: seenModulesSchema.nullish() }),
  executionJobSchema.transform((execution) => ({ executions: [execution], modules: null })),
]);

/** A step with its module definition frozen into it. */
export const plannedStepSchema = step.extend({ module: moduleDefinition });
export type PlannedStep = z.infer<typeof plannedStepSchema>;

/** What a worker takes from the queue of a module runtime: all it needs to run this slice and to hand over to the next. */
export const sliceJobSchema = z.object({
  ...work,
  slice: z.number().int().min(0),
  slices: z.array(z.object({ runtime: z.string(), firstStep: z.number().int(), stepCount: z.number().int() })).min(1),
  steps: z.array(plannedStepSchema).min(1),
  input: stepInputSchema,
});
export type SliceJob = z.infer<typeof sliceJobSchema>;
