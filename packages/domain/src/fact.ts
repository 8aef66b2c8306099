import { z } from 'zod';
import { exceptionDetailsSchema } from './exception-details.ts';
import type { Json } from './json.ts';
import { MAX_LABEL } from './label.ts';
import { LIMITS } from './limits.ts';
import { logLevelNames } from './log-entry.ts';
import { MAX_STATUS_SUBTITLE, MAX_STATUS_TITLE, STATUS_MESSAGE_TYPES, STATUS_MESSAGES_KEPT } from './status-message.ts';

/** Up to the end of the year 9999: what Postgres and JavaScript both can say as a date. */
const instant = z.number().int().min(0).max(253_402_300_799_999);

/**
 * What planner and workers report on the journal. A fact says what happened, never what a status shall be; the fold
 * decides that. Its identity is (execution, epoch, slice, attempt, seq). Instants are milliseconds since 1970.
 */
const about = { executionId: z.uuid(), epoch: z.uint32(), at: instant };
const bySlice = {
  ...about,
  slice: z.uint32(),
  attempt: z.uint32().min(1),
  seq: z.uint32(),
  step: z.uint32(),
  stepAttempt: z.uint32().min(1),
};

/**
 * Ids grow with time; what has one is recorded once, however often it is reported. A later entry with the id of another
 * takes its place.
 */
const loggedEntrySchema = z.object({
  id: z.uuid(),
  at: instant,
  level: z.enum(logLevelNames),
  text: z.string().max(32_000),
});
export type LoggedEntry = z.infer<typeof loggedEntrySchema>;

const saidMessageSchema = z.object({
  id: z.uuid(),
  at: instant,
  type: z.enum(STATUS_MESSAGE_TYPES),
  title: z.string().max(MAX_STATUS_TITLE),
  subtitle: z.string().max(MAX_STATUS_SUBTITLE).nullable(),
});
export type SaidMessage = z.infer<typeof saidMessageSchema>;

/** Content that a module wrote, beside its output. */
const writtenContentSchema = z.object({
  ref: z.string().max(200),
  contentType: z.string().max(200),
  name: z.string().max(255).nullable(),
  size: z.number().int().min(0),
  sha256: z.string().max(64),
});
export type WrittenContent = z.infer<typeof writtenContentSchema>;

/** A label that the document family is to have, or not to have. */
const labelChangeSchema = z.object({ label: z.string().min(1).max(MAX_LABEL), labelled: z.boolean() });
export type LabelChange = z.infer<typeof labelChangeSchema>;

export const factSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('planned'),
    ...about,
    slices: z.array(z.object({ runtime: z.string(), firstStep: z.number().int(), stepCount: z.number().int() })),
    /** By step: the version of a published module that it is from now on; left out where there is none. */
    versions: z.array(z.string().max(64).nullable()).optional(),
  }),
  z.object({ kind: z.literal('unplannable'), ...about, error: exceptionDetailsSchema }),
  z.object({ kind: z.literal('step-started'), ...bySlice, workerId: z.string() }),
  z.object({ kind: z.literal('step-retrying'), ...bySlice, error: exceptionDetailsSchema, retryAt: instant }),
  z.object({
    kind: z.literal('step-progress'),
    ...bySlice,
    progress: z.number(),
    progressMax: z.number().nullable(),
  }),
  z.object({ kind: z.literal('step-logged'), ...bySlice, entries: z.array(loggedEntrySchema).max(1_000) }),
  z.object({
    kind: z.literal('step-said'),
    ...bySlice,
    messages: z.array(saidMessageSchema).max(STATUS_MESSAGES_KEPT),
  }),
  z.object({
    kind: z.literal('step-finished'),
    ...bySlice,
    workerId: z.string(),
    status: z.enum(['SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELLED']),
    /** When this attempt started, if it was over before that was worth a fact of its own. */
    startedAt: instant.optional(),
    /** Inline up to the limit, else null and `outputRef` names the content. JSON by construction: it was parsed. */
    output: z.custom<Json>(() => true),
    outputRef: z.string().nullable(),
    outputId: z.string().nullable(),
    error: exceptionDetailsSchema.nullable(),
    emitted: z.array(
      z.record(
        z.string(),
        z.custom<Json>(() => true),
      ),
    ),
    /** Left out where there is none. */
    written: z.array(writtenContentSchema).max(LIMITS.writtenContentsPerStep).optional(),
    labels: z.array(labelChangeSchema).max(LIMITS.labelChangesPerStep).optional(),
    /** Where in a trace the slice is; left out where none is made. */
    traceparent: z.string().max(100).optional(),
    /** The step that starts at the same instant, so that one entry reports both. */
    nextStep: z.number().int().nullable(),
  }),
  /** Kept by a worker that lost its lease before it could report the step: whether anybody needs it, the record knows. */
  z.object({ kind: z.literal('output-abandoned'), ...bySlice, outputRef: z.string() }),
  z.object({ kind: z.literal('stopped'), ...about }),
]);

export type Fact = z.infer<typeof factSchema>;
export type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;
