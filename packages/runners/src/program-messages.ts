import type { Json, JsonObject } from '@gantry/domain/json';
import type { LogLevel, StatusMessage } from '@gantry/module-sdk/define-module';
import { cleanText } from '@gantry/module-sdk/json-text';
import { z } from 'zod';
import { inWords } from './in-words.ts';
import type { StepError, StepRequest } from './step-result.ts';

/*
 * What a worker and a program of the kind `process` say to each other: a line of JSON for each message, the worker's on the
 * program's standard input, the program's on its standard output. Each line of the program begins with the token that its
 * environment has as GANTRY_TOKEN, and a space; all other lines are what it prints, and go to the log of the step.
 * docs/modules.md tells it to authors; packages/module-sdk/python speaks it.
 */

export type ProgramOrder =
  /** `folder` is the step's own, and removed after it. */
  | { kind: 'run'; step: StepRequest & { idempotencyKey: string; folder: string } }
  /** Follows `run`; SIGTERM comes with it. */
  | { kind: 'stop'; outcome: 'aborted' | 'timed-out'; message: string }
  | ({ kind: 'answer'; id: number } & ProgramAnswer);

export type ProgramAnswer = { value: unknown } | { error: Pick<StepError, 'code' | 'message'> };

/** Of a program nothing is certain: these are the messages it may send, of whatever shape they are. */
export type ProgramMessage =
  | { kind: 'log'; level: LogLevel; message: string; fields?: JsonObject }
  | { kind: 'progress'; done: number; max?: number | null }
  | ({ kind: 'status' } & StatusMessage)
  | { kind: 'event'; event: JsonObject }
  | { kind: 'label'; label: string; labelled: boolean }
  | { kind: 'checkpoint'; checkpoint: Json }
  | ({ kind: 'ask'; id: number } & ProgramQuestion)
  | { kind: 'succeeded'; output: unknown }
  /** As `toldErrorSchema` has it. */
  | { kind: 'failed'; error: unknown }
  /** After its end: it takes another step. One that does not say so is not given one. */
  | { kind: 'ready' };

const text = (maxLength: number) => z.coerce.string().transform((value) => cleanText(value, maxLength));
const count = z.number().int().min(0).catch(0);
const WITHOUT_MESSAGE = 'the module failed without a message';

/** A failure as a program tells it; what of it has another shape is left out. */
export const toldErrorSchema = z
  .object({
    code: text(100).catch('MODULE_FAILED'),
    message: z.unknown().transform((said) => cleanText(inWords(said ?? WITHOUT_MESSAGE), 4_000)),
    errorType: text(100).optional().catch(undefined),
    stackTrace: z
      .array(z.object({ function: text(300), file: text(1_000), line: count, column: count }))
      .max(50)
      .optional()
      .catch(undefined),
    validationErrors: z
      .array(z.object({ message: text(500), option: text(200), description: text(1_000) }))
      .max(20)
      .optional()
      .catch(undefined),
    statusCode: z.number().int().optional().catch(undefined),
    advice: text(4_000).optional().catch(undefined),
    permanent: z.boolean().optional().catch(undefined),
    retryAfter: z.number().min(0).optional().catch(undefined),
  })
  .catch({ code: 'MODULE_FAILED', message: WITHOUT_MESSAGE });

export type ProgramQuestion =
  | { what: 'secret'; name: string }
  /** Answered with `{ path }`, a file in the step's folder. */
  | { what: 'read-content'; ref: string }
  /** Keeps the file at a path in the step's folder; answered with its content reference. */
  | { what: 'write-content'; path: string; contentType: string; name?: string | null; temporary?: boolean };
