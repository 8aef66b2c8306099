import { CATCH_UPS, cronProblem, isTimeZone, OVERLAPS } from '@gantry/domain/schedule';
import { z } from 'zod';
import { instantField } from './fields.ts';

export const scheduleSchema = z.object({
  id: z.string(),
  type: z.string().nullable(),
  cronExpression: z.string(),
  timeZone: z.string(),
  /** What becomes of slots that passed while nobody could fire them: the newest alone, none, or each, up to the newest hundred. */
  catchUp: z.enum(CATCH_UPS),
  /** What becomes of a tick while the execution of the last one is unfinished: it runs, is skipped, or waits as the only one. */
  overlap: z.enum(OVERLAPS),
  /** The slots of its last and its next tick; an assistant that is not active has no next one. */
  lastEvent: instantField.nullable(),
  nextEvent: instantField.nullable(),
});

const scheduleField = z.object({
  id: z.string().min(1).max(100).nullish(),
  type: z.string().max(100).nullish(),
  cronExpression: z
    .string()
    .max(200)
    .superRefine((expression, context) => {
      const message = cronProblem(expression);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  timeZone: z
    .string()
    .max(100)
    .refine(isTimeZone, 'expected a time zone of the IANA database, such as Europe/Zurich')
    .nullish(),
  catchUp: z.enum(CATCH_UPS).nullish(),
  overlap: z.enum(OVERLAPS).nullish(),
});
export type ScheduleFields = z.infer<typeof scheduleField>;

const MAX_SCHEDULES = 50;

/** The schedules of one assistant as clients send them. */
export const schedulesField = z
  .array(scheduleField)
  .max(MAX_SCHEDULES)
  .superRefine((schedules, context) => {
    const seen = new Set<string>();
    for (const [index, { id }] of schedules.entries()) {
      if (id == null) continue;
      if (seen.has(id))
        context.addIssue({ code: 'custom', path: [index, 'id'], message: 'two schedules have this id' });
      seen.add(id);
    }
  });
