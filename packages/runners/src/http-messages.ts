import type { Json, JsonObject } from '@gantry/domain/json';
import type { LogLevel, StatusMessage } from '@gantry/module-sdk/define-module';
import { inWords } from './in-words.ts';
import { checkedError } from './step-error.ts';
import type { StepError } from './step-result.ts';
import type { StepEnd, StepReport } from './step-runner.ts';
import { endWith } from './told-output.ts';

/*
 * What an endpoint of the kind `http` says of a step: lines of JSON while it runs, the last of which says how it ended; or
 * that one alone, later, to the address it was given. docs/modules.md tells it to authors.
 */

/** Of what comes from elsewhere nothing is certain: these are the messages it may send, of whatever shape they are. */
export type Told =
  | { kind: 'log'; level: LogLevel; message: string; fields?: JsonObject }
  | { kind: 'progress'; done: number; max?: number | null }
  | ({ kind: 'status' } & StatusMessage)
  | { kind: 'event'; event: JsonObject }
  | { kind: 'checkpoint'; checkpoint: Json }
  | { kind: 'succeeded'; output?: unknown }
  | { kind: 'failed'; error?: Partial<StepError> };

/** Undefined for what is no report. */
export function reportOf(told: Told): StepReport | undefined {
  switch (told.kind) {
    case 'log': {
      const { level, message, fields } = told;
      const entry = { level, message, loggedAt: Date.now() };
      return { kind: 'log', entry: fields === undefined ? entry : { ...entry, fields } };
    }
    case 'progress':
      return { kind: 'progress', progress: { done: told.done, max: told.max ?? null } };
    case 'status':
      return { kind: 'status', message: told };
    case 'event':
      return { kind: 'event', event: told.event };
    case 'checkpoint':
      return { kind: 'checkpoint', checkpoint: told.checkpoint };
    default:
      return undefined;
  }
}

/** Undefined for what is no end. */
export function endOf(told: Told): Extract<StepEnd, { outcome: 'succeeded' | 'failed' }> | undefined {
  if (told.kind === 'succeeded') return endWith(told.output);
  if (told.kind !== 'failed') return undefined;
  const { code, message, advice } = Object(told.error) as Partial<StepError>;
  const error = { code: String(code), message: inWords(message ?? 'The endpoint said that the step failed') };
  return { outcome: 'failed', error: checkedError(typeof advice === 'string' ? { ...error, advice } : error) };
}
