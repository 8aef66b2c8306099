import { type ExecutionStatus, executionStatusNames } from '@gantry/domain/status';
import { z } from 'zod';
import { instantField } from './fields.ts';
import { pauseSchema } from './pause.ts';

const counts = Object.fromEntries(executionStatusNames.map((name) => [name, z.int()]));
const statusCounts = z.object(counts as Record<ExecutionStatus, z.ZodInt>);

/** Of the executions that were created within a time. */
const periodSchema = z.object({
  created: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  /** From 0 to 1, of those that succeeded or failed; null before any has. */
  failureRate: z.number().nullable(),
  statuses: statusCounts,
});

/** How an organization's executions are doing. */
export const overviewSchema = z.object({
  asOf: instantField,
  total: z.int(),
  statuses: statusCounts,
  lastHour: periodSchema,
  last24Hours: periodSchema,
  last7Days: periodSchema,
  /** Executions that wait, wherever that is. */
  queueDepth: z.int(),
  waiting: z.object({
    /** REQUESTED: for others to finish. */
    admission: z.int(),
    /** PENDING: for the planner. */
    planning: z.int(),
    /** RUNNING: for a worker, with their first or a later slice. */
    workers: z.int(),
  }),
  /** What operators hold: nothing new of it starts. */
  pauses: z.array(pauseSchema),
  /** The one that waits longest to be admitted or planned. */
  oldestPending: z.object({ id: z.string(), createdOn: instantField }).nullable(),
});
export type Overview = z.infer<typeof overviewSchema>;
