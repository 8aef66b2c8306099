import type { WrittenContent } from '@gantry/domain/fact';
import type { JsonObject } from '@gantry/domain/json';
import { LIMITS } from '@gantry/domain/limits';
import { sanitizeJson } from '@gantry/domain/sanitize-json';
import { MAX_STATUS_SUBTITLE, MAX_STATUS_TITLE, STATUS_MESSAGE_TYPES } from '@gantry/domain/status-message';
import type { LogLevel, ModuleInput } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { cleanText, toJsonText } from './json-text.ts';
import type { LogEntry, Progress } from './step-result.ts';
import type { ThreadReport } from './thread-messages.ts';

const MAX_LOG_MESSAGE = 8_000;
const MAX_LOG_FIELDS = 16_000;
const MAX_STATUS_MESSAGES = 1_000;
const PROGRESS_INTERVAL_MS = 100;

export type StepReporter = Pick<ModuleInput<unknown>, 'logger' | 'progress' | 'statusMessage' | 'emit'> & {
  /** The step has written content. */
  wrote(content: WrittenContent): void;
  /** Sends what is still held back and ignores whatever a step says after its end. */
  close(): void;
};

/** What a step tells while it runs, bounded in number and size so that no module can flood its worker. */
export function createStepReporter(send: (report: ThreadReport) => void): StepReporter {
  let closed = false;
  let logEntries = 0;
  let logBytes = 0;
  let logIsCut = false;
  let statusMessages = 0;
  let events = 0;
  let eventBytes = 0;
  let contents = 0;
  let heldProgress: Progress | null = null;
  let progressSentAt = Number.NEGATIVE_INFINITY;

  const report = (next: ThreadReport): void => {
    if (!closed) send(next);
  };

  const log = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    if (logIsCut) return;
    const entry = logEntry(level, message, fields);
    logEntries++;
    logBytes += sizeOf(entry);
    logIsCut = logEntries > LIMITS.logEntriesPerAttempt || logBytes > LIMITS.logBytesPerAttempt;
    report({ kind: 'log', entry: logIsCut ? logEntry('warn', LOG_IS_CUT) : entry });
  };

  const sendProgress = (progress: Progress): void => {
    heldProgress = null;
    progressSentAt = performance.now();
    report({ kind: 'progress', progress });
  };

  return {
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },

    progress(done, max) {
      if (!Number.isFinite(done)) return;
      const progress = { done, max: max !== undefined && Number.isFinite(max) ? max : null };
      if (performance.now() - progressSentAt < PROGRESS_INTERVAL_MS) heldProgress = progress;
      else sendProgress(progress);
    },

    statusMessage({ title, subtitle, type }) {
      statusMessages++;
      if (statusMessages > MAX_STATUS_MESSAGES) return;
      const known = STATUS_MESSAGE_TYPES.includes(type) ? type : 'PROCESSING';
      const message = { title: cleanText(String(title), MAX_STATUS_TITLE), type: known };
      report({
        kind: 'status',
        message:
          subtitle === undefined ? message : { ...message, subtitle: cleanText(String(subtitle), MAX_STATUS_SUBTITLE) },
      });
    },

    emit(event) {
      events++;
      if (events > LIMITS.emittedEventsPerStep) {
        throw new ModuleError('TOO_MANY_EVENTS', `emit: more than ${LIMITS.emittedEventsPerStep} events in one step`);
      }
      const text = toJsonText(event, 'event', LIMITS.eventBytes);
      eventBytes += Buffer.byteLength(text);
      if (eventBytes > LIMITS.emittedBytesPerStep) {
        const limit = `${LIMITS.emittedBytesPerStep / 1_024} KiB`;
        throw new ModuleError('TOO_MANY_EVENTS', `emit: more than ${limit} of events in one step`);
      }
      report({ kind: 'event', event: JSON.parse(text) as JsonObject });
    },

    wrote(content) {
      contents++;
      if (contents <= LIMITS.writtenContentsPerStep) report({ kind: 'content', content });
    },

    close() {
      if (heldProgress !== null) sendProgress(heldProgress);
      closed = true;
    },
  };
}

function logEntry(level: LogLevel, message: string, fields?: Record<string, unknown>): LogEntry {
  const entry = { level, message: cleanText(String(message), MAX_LOG_MESSAGE), loggedAt: Date.now() };
  return fields === undefined ? entry : { ...entry, fields: logFields(fields) };
}

const LOG_IS_CUT = `The log is cut here: an attempt of a step may write ${LIMITS.logEntriesPerAttempt} entries and ${LIMITS.logBytesPerAttempt / 1_024} KiB.`;

function sizeOf({ message, fields }: LogEntry): number {
  return Buffer.byteLength(message) + (fields === undefined ? 0 : Buffer.byteLength(JSON.stringify(fields)));
}

/** Logging never fails a step: fields that JSON cannot hold are replaced by a word about it. */
function logFields(fields: Record<string, unknown>): JsonObject {
  try {
    const text = JSON.stringify(fields, (_key, value) =>
      value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value,
    );
    if (text.length <= MAX_LOG_FIELDS) return sanitizeJson(JSON.parse(text) as JsonObject);
    return { dropped: `fields of ${text.length} characters; ${MAX_LOG_FIELDS} are kept` };
  } catch {
    return { dropped: 'fields that cannot be written as JSON' };
  }
}
