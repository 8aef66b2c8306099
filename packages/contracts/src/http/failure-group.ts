import { z } from 'zod';
import { countedHours } from './counted-hours.ts';
import { instantField } from './fields.ts';

/** Executions that are FAILED for the same reason: the same module, code, and message but for what differs each time. */
export const failureGroupSchema = z.object({
  /** What executions have as `failureGroup`. */
  id: z.string(),
  /** The module that failed; null when it was not a step that did. */
  ref: z.string().nullable(),
  code: z.string().nullable(),
  /** The message without quoted parts, ids and numbers. */
  message: z.string(),
  count: z.int(),
  /** Of the assistants whose executions they are: those with most first, at most 10. */
  assistantIds: z.array(z.string()),
  lastSeen: instantField,
  /** The execution that failed last, and its message. */
  lastExecutionId: z.string(),
  lastMessage: z.string().nullable(),
  /** For the list of executions: those that are counted here. */
  filter: z.string(),
});

/** Of executions created in these hours, what failed last first; at most 100. */
export const failureGroupsSchema = z.object({ ...countedHours, groups: z.array(failureGroupSchema) });
export type FailureGroups = z.infer<typeof failureGroupsSchema>;
