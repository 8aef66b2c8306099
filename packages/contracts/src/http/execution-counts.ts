import { executionStatusNames } from '@gantry/domain/status';
import { z } from 'zod';
import { countedHours } from './counted-hours.ts';
import { instantField } from './fields.ts';

/** How many executions were created in each hour, or by each assistant, and are now in which status: exact. */
export const executionCountsSchema = z.object({
  ...countedHours,
  counts: z.array(
    z.object({
      /** The beginning of the hour; null when it is counted by assistant. Hours without executions are left out. */
      hour: instantField.nullable(),
      /** Null for executions without one, and when it is counted by hour. */
      assistantId: z.string().nullable(),
      total: z.int(),
      /** Statuses that none is in are left out. */
      statuses: z.partialRecord(z.enum(executionStatusNames), z.int()),
    }),
  ),
});
export type ExecutionCounts = z.infer<typeof executionCountsSchema>;
