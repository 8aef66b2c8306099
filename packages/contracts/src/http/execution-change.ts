import { executionStatusNames } from '@gantry/domain/status';
import { z } from 'zod';
import { instantField } from './fields.ts';

/**
 * What happened to an execution: it was created; its status changed; only its steps or their progress did; it said
 * something (a status message); a client edited it; it was deleted. `current` is no change: how it stands when
 * somebody begins to watch it.
 */
const CHANGE_KINDS = ['created', 'status', 'steps', 'message', 'edited', 'deleted', 'current'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/**
 * One change of an execution, as it is kept on the stream of changes and as clients that watch read it. Small: whoever
 * wants more reads the execution. Several changes that were written together are one.
 */
export const executionChangeSchema = z.object({
  executionId: z.string(),
  organizationId: z.string(),
  projectId: z.string().nullable(),
  assistantId: z.string().nullable(),
  kind: z.enum(CHANGE_KINDS),
  /** After the change, as is `changeSequence`. */
  status: z.enum(executionStatusNames),
  changeSequence: z.int(),
  at: instantField,
});
export type ExecutionChange = z.infer<typeof executionChangeSchema>;
