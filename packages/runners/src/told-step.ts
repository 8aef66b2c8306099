import { cleanText } from '@gantry/module-sdk/json-text';
import type { SecretMask } from './secret-mask.ts';
import { describeError } from './step-error.ts';
import { StepReports } from './step-reports.ts';
import type { HeldLog, LogEntry, StepError, StepListeners } from './step-result.ts';
import type { StepAhead, StepReport, StepTask } from './step-runner.ts';

/** A step and whoever listens to it: what it tells is checked, bounded, and passed on without the secrets it was given. */
export class ToldStep implements StepAhead {
  readonly task: StepTask;
  /** Most steps tell nothing. */
  #reports: StepReports | undefined;
  readonly #madeAt = Date.now();
  readonly #listeners: StepListeners;
  /** What it told before whoever listens was done with the step before it. */
  #held: StepReport[] | undefined = [];
  #refused: StepError | undefined;
  #closed = false;

  constructor(task: StepTask, listeners: StepListeners) {
    this.task = task;
    this.#listeners = listeners;
  }

  /** From now on it is listened to. */
  begin(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const report of held) this.#pass(report);
  }

  readonly tell = (report: StepReport): void => {
    if (this.#closed) return;
    this.#reports ??= new StepReports((checked) => {
      if (this.#held === undefined) this.#pass(checked);
      else this.#held.push(checked);
    }, this.#madeAt);
    try {
      this.#reports.take(report);
    } catch (error) {
      this.#refused ??= describeError(error);
    }
  };

  #pass(report: StepReport): void {
    tellListeners(this.#listeners, maskedReport(report, this.task.secrets.mask));
  }

  /** Something it told that it is to fail with. */
  get refused(): StepError | undefined {
    return this.#refused;
  }

  /** Passes on what is held back, and nothing more. */
  close(): void {
    this.#closed = true;
    this.#reports?.close();
  }
}

/** What a step tells, without the secrets that it was given. */
function maskedReport(report: StepReport, mask: SecretMask): StepReport {
  if (mask.empty) return report;
  switch (report.kind) {
    case 'log':
      return { kind: 'log', entry: maskedEntry(report.entry, mask) };
    case 'log-held': {
      const { newest, ...held } = report.held;
      return { kind: 'log-held', held: { ...held, newest: newest.map((entry) => maskedEntry(entry, mask)) } };
    }
    case 'status': {
      const { title, subtitle, type } = report.message;
      const kept = { title: mask.text(title), type };
      return { kind: 'status', message: subtitle === undefined ? kept : { ...kept, subtitle: mask.text(subtitle) } };
    }
    case 'event':
      return { kind: 'event', event: mask.json(report.event) };
    case 'label':
      return { ...report, label: mask.text(report.label) };
    case 'checkpoint':
      return { kind: 'checkpoint', checkpoint: mask.json(report.checkpoint) };
    case 'span':
      return { kind: 'span', span: mask.json(report.span) };
    case 'content': {
      const { name, contentType } = report.content;
      const about = { name: mask.json(name), contentType: mask.text(contentType) };
      return { kind: 'content', content: { ...report.content, ...about } };
    }
    default:
      return report;
  }
}

function maskedEntry({ message, fields, ...entry }: LogEntry, mask: SecretMask): LogEntry {
  const kept = { ...entry, message: mask.text(message) };
  return fields === undefined ? kept : { ...kept, fields: mask.json(fields) };
}

function tellListeners(listeners: StepListeners, report: StepReport): void {
  switch (report.kind) {
    case 'log':
      listeners.onLog?.(report.entry);
      break;
    case 'log-gap':
      listeners.onLog?.(gap(report.missing));
      break;
    case 'log-held':
      listeners.onLog?.(heldNotice(report.held));
      break;
    case 'progress':
      listeners.onProgress?.(report.progress);
      break;
    case 'status':
      listeners.onStatusMessage?.(report.message);
      break;
    case 'event':
      listeners.onEmit?.(report.event);
      break;
    case 'content':
      listeners.onContent?.(report.content);
      break;
    case 'checkpoint':
      listeners.onCheckpoint?.(report.checkpoint);
      break;
    case 'span':
      listeners.onSpan?.(report.span);
      break;
    case 'label':
      listeners.onLabel?.(report.label, report.labelled);
      break;
  }
}

function gap(missing: number): LogEntry {
  const message =
    missing === 0
      ? 'This attempt logged much: what follows was held back until it ended.'
      : `${missing} log entries are missing here: of an attempt that logs much the first and the last are kept, warnings and errors before others.`;
  return { level: 'warn', message, loggedAt: Date.now(), standsFor: 'missing' };
}

const HELD_LINE = 300;

/** Whoever watches an attempt that logs much sees the newest of what is held back; cut once secrets are masked. */
function heldNotice({ entries, newest }: HeldLog): LogEntry {
  const lines = newest.map(({ level, message, fields }) => {
    const text = fields === undefined ? message : `${message} ${JSON.stringify(fields)}`;
    return cleanText(`${level.toUpperCase()} ${text}`, HELD_LINE);
  });
  const message = [`${entries} more entries are held back until this attempt ends. The newest:`, ...lines].join('\n');
  return { level: 'warn', message, loggedAt: Date.now(), standsFor: 'held' };
}
