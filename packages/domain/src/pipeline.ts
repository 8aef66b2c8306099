import { z } from 'zod';

const timeoutSeconds = z.number().positive().max(86_400);

/** How often and how long a step is tried. Seconds on the wire. */
export const executionPolicySchema = z.object({
  timeoutSeconds: timeoutSeconds.default(900),
  maxAttempts: z.number().int().min(1).max(100).default(1),
  backoffStrategy: z.enum(['immediate', 'fixed', 'exponential']).default('immediate'),
  backoffBaseSeconds: z.number().min(0).max(86_400).default(0),
  onExhausted: z.enum(['fail', 'skip']).default('fail'),
});
export type ExecutionPolicy = z.infer<typeof executionPolicySchema>;

/** What a step says of it itself. A time limit that it does not name is its module's to name: there is no default yet. */
export const ownPolicySchema = executionPolicySchema.partial().extend({ timeoutSeconds: timeoutSeconds.optional() });

/** A step as the assistant's author wrote it, defaults filled in. */
export const stepDefinitionSchema = z.object({
  ref: z.string().min(1).max(300),
  name: z.string().max(200).nullish(),
  stepType: z.enum(['MODEL', 'ACTION']).nullish(),
  options: z.record(z.string(), z.json()).nullish(),
  conditional: z.string().max(4_000).nullish(),
  executionPolicy: ownPolicySchema.nullish(),
});
export type StepDefinition = z.infer<typeof stepDefinitionSchema>;

export const MAX_STEPS = 200;

export const pipelineSchema = z.object({ steps: z.array(stepDefinitionSchema).max(MAX_STEPS) });
export type Pipeline = z.infer<typeof pipelineSchema>;

/** @returns the step's policy, with the module's own time limit where the step names none. */
export function stepPolicy(step: StepDefinition, moduleTimeoutSeconds?: number | null): ExecutionPolicy {
  const own = step.executionPolicy ?? {};
  return executionPolicySchema.parse(
    own.timeoutSeconds === undefined && moduleTimeoutSeconds ? { ...own, timeoutSeconds: moduleTimeoutSeconds } : own,
  );
}
