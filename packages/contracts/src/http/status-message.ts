import { MAX_STATUS_SUBTITLE, MAX_STATUS_TITLE, STATUS_MESSAGE_TYPES } from '@gantry/domain/status-message';
import { z } from 'zod';
import { instantField } from './fields.ts';

/** What an execution says that it is doing. */
export const statusMessageSchema = z.object({
  id: z.string(),
  executionId: z.string(),
  datetime: instantField,
  title: z.string(),
  subtitle: z.string().nullable(),
  type: z.enum(STATUS_MESSAGE_TYPES),
});
export type StatusMessage = z.infer<typeof statusMessageSchema>;

export const statusMessageInputSchema = z.object({
  title: z.string().trim().min(1).max(MAX_STATUS_TITLE),
  subtitle: z.string().max(MAX_STATUS_SUBTITLE).nullish(),
  type: z.enum(STATUS_MESSAGE_TYPES).default('PROCESSING'),
});
