import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import type { WrittenContent } from '@gantry/domain/fact';
import { MAX_LABEL } from '@gantry/domain/label';
import { LIMITS } from '@gantry/domain/limits';
import {
  MAX_STATUS_SUBTITLE,
  MAX_STATUS_TITLE,
  STATUS_MESSAGE_TYPES,
  STATUS_MESSAGES_KEPT,
} from '@gantry/domain/status-message';
import type { LogLevel, SpanAttributes, StatusMessage } from '@gantry/module-sdk/define-module';
import type { EmittedEvents } from '@gantry/module-sdk/emitted-events';
import { cleanText, toJsonText } from '@gantry/module-sdk/json-text';
import { logFields } from '@gantry/module-sdk/log-fields';
import { HELD_SHOWN, LogFlood } from './log-flood.ts';
import { Paced } from './paced.ts';
import type { HeldLog, LogEntry, Progress, SpanReport } from './step-result.ts';
import type { StepReport } from './step-runner.ts';

const load = createRequire(import.meta.url);

const MAX_LOG_MESSAGE = 8_000;
const MAX_SPAN_TEXT = 500;
const MAX_SPAN_ATTRIBUTES = 20;
const LEVELS: readonly unknown[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[];

/** Modules may replace the clock of the realm they run in; reports are told by the true one. */
const now = Date.now.bind(Date);

/**
 * What one attempt of a step tells, checked and bounded in number and size. It stands above all runners, as nothing
 * that comes from a module is trusted; and where a flood would otherwise have to travel first, there as well.
 */
export class StepReports {
  readonly #pass: (report: StepReport) => void;
  readonly #startedAt: number;
  readonly #flood = new LogFlood(
    (entry) => this.#pass({ kind: 'log', entry }),
    (held) => this.#pass({ kind: 'log-held', held }),
  );
  #events: EmittedEvents | undefined;
  #contents = 0;
  #labels = 0;
  #spans = 0;
  readonly #openSpans = new Set<number>();
  readonly #progress = new Paced<Progress>(1, (progress) => this.#pass({ kind: 'progress', progress }));
  readonly #messages = new Paced<StatusMessage>(STATUS_MESSAGES_KEPT, (message) =>
    this.#pass({ kind: 'status', message }),
  );
  readonly #checkpoints = new Paced<string>(1, (text) =>
    this.#pass({ kind: 'checkpoint', checkpoint: JSON.parse(text) }),
  );
  #closed = false;

  /** @param startedAt of the attempt, in ms since 1970: nothing it tells is from before */
  constructor(pass: (report: StepReport) => void, startedAt = now()) {
    this.#pass = pass;
    this.#startedAt = startedAt;
  }

  /**
   * Takes a report, whatever it is; what comes after `close` is ignored.
   * @throws ModuleError EVENT_INVALID, EVENT_NOT_JSON, EVENT_TOO_LARGE, TOO_MANY_EVENTS, CHECKPOINT_NOT_JSON,
   *   CHECKPOINT_TOO_LARGE: the step is to fail with it.
   */
  take(report: StepReport): void {
    if (this.#closed) return;
    switch (report.kind) {
      case 'log':
        this.#flood.take(this.#logEntry(report.entry));
        break;
      case 'log-gap':
        this.#flood.miss(Math.max(0, Number(report.missing) || 0));
        break;
      case 'log-held':
        this.#flood.hold(this.#heldLog(report.held));
        break;
      case 'progress':
        this.#takeProgress(report.progress);
        break;
      case 'status':
        this.#takeMessage(report.message);
        break;
      case 'event':
        this.#events ??= newEmittedEvents();
        this.#pass({ kind: 'event', event: this.#events.accept(report.event) });
        break;
      case 'content':
        this.#takeContent(report.content);
        break;
      case 'label':
        this.#takeLabel(report);
        break;
      case 'checkpoint':
        // What it is now: it may be changed before it is passed on.
        this.#checkpoints.push(toJsonText(report.checkpoint, 'checkpoint', LIMITS.checkpointBytes));
        break;
      case 'span':
        this.#takeSpan(report.span);
        break;
    }
  }

  /** Passes on what is still held back, of the log its tail. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#messages.flush();
    this.#progress.flush();
    this.#checkpoints.flush();
    const { missing, tail } = this.#flood.end();
    if (missing !== null) this.#pass({ kind: 'log-gap', missing });
    for (const entry of tail) this.#pass({ kind: 'log', entry });
  }

  #logEntry({ level, message, fields, loggedAt }: LogEntry): LogEntry {
    const received = now();
    const entry: LogEntry = {
      level: LEVELS.includes(level) ? level : 'info',
      message: cleanText(textOf(message), MAX_LOG_MESSAGE),
      loggedAt: loggedAt >= this.#startedAt && loggedAt <= received ? Math.trunc(loggedAt) : received,
    };
    if (fields !== undefined) entry.fields = logFields(fields);
    return entry;
  }

  #heldLog({ entries, newest }: HeldLog): HeldLog {
    return {
      entries: Math.max(0, Number(entries) || 0),
      newest: newest.slice(-HELD_SHOWN).map((entry) => this.#logEntry(entry)),
    };
  }

  #takeProgress({ done, max }: Progress): void {
    if (!Number.isFinite(done)) return;
    this.#progress.push({ done, max: Number.isFinite(max) ? max : null });
  }

  #takeMessage({ title, subtitle, type }: StatusMessage): void {
    const message: StatusMessage = {
      title: cleanText(textOf(title), MAX_STATUS_TITLE),
      type: STATUS_MESSAGE_TYPES.includes(type) ? type : 'PROCESSING',
    };
    if (subtitle !== undefined && subtitle !== null) {
      message.subtitle = cleanText(textOf(subtitle), MAX_STATUS_SUBTITLE);
    }
    this.#messages.push(message);
  }

  /** What a step writes beyond the limit is kept, but not listed. */
  #takeContent({ ref, size, sha256, contentType, name }: WrittenContent): void {
    this.#contents++;
    if (this.#contents > LIMITS.writtenContentsPerStep) return;
    const content = {
      ref,
      size,
      sha256,
      contentType: cleanText(textOf(contentType), 200),
      name: name === null ? null : cleanText(textOf(name), 255),
    };
    this.#pass({ kind: 'content', content });
  }

  /** What a step changes beyond the limit is left out. */
  #takeLabel({ label, labelled }: Extract<StepReport, { kind: 'label' }>): void {
    this.#labels++;
    if (this.#labels > LIMITS.labelChangesPerStep) return;
    const text = cleanText(textOf(label), MAX_LABEL);
    if (text !== '') this.#pass({ kind: 'label', label: text, labelled: labelled === true });
  }

  /** Beyond the limit they are left out, with what is told of their ends. */
  #takeSpan(span: SpanReport): void {
    const { id, at } = span;
    if (span.kind === 'ended') {
      const error = span.error === null ? null : cleanText(textOf(span.error), MAX_SPAN_TEXT);
      if (this.#openSpans.delete(id)) this.#pass({ kind: 'span', span: { kind: 'ended', id, error, at } });
      return;
    }
    this.#spans++;
    if (this.#spans > LIMITS.spansPerStep) return;
    this.#openSpans.add(id);
    const name = cleanText(textOf(span.name), MAX_SPAN_TEXT);
    const attributes = spanAttributes(span.attributes);
    this.#pass({ kind: 'span', span: { kind: 'begun', id, within: span.within, name, attributes, at } });
  }
}

function spanAttributes(given: SpanAttributes): SpanAttributes {
  const fit = Object.entries(Object(given)).flatMap(([name, value]): [string, string | number | boolean][] => {
    if (typeof value === 'string') return [[cleanText(name, MAX_SPAN_TEXT), cleanText(value, MAX_SPAN_TEXT)]];
    return typeof value === 'number' || typeof value === 'boolean' ? [[cleanText(name, MAX_SPAN_TEXT), value]] : [];
  });
  return Object.fromEntries(fit.slice(0, MAX_SPAN_ATTRIBUTES));
}

/** Imported when a step emits, since zod takes most of the time in which a module's process starts. */
function newEmittedEvents(): EmittedEvents {
  const emittedEvents: typeof import('@gantry/module-sdk/emitted-events') = load('@gantry/module-sdk/emitted-events');
  return new emittedEvents.EmittedEvents();
}

function textOf(value: unknown): string {
  try {
    const isObject = typeof value === 'object' && value !== null && !(value instanceof Error);
    return isObject ? inspect(value) : String(value);
  } catch {
    return 'a value that cannot be written as text';
  }
}
