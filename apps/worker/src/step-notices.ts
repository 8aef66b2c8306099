import type { FactOf, LoggedEntry, SaidMessage } from '@gantry/domain/fact';
import type { LogLevel } from '@gantry/domain/log-entry';
import { STATUS_MESSAGES_KEPT } from '@gantry/domain/status-message';
import type { StatusMessage } from '@gantry/module-sdk/define-module';
import type { LogEntry } from '@gantry/runners/step-result';
import { v7 as uuidv7 } from 'uuid';

/** What a step told since the last report. */
export type Notice = Pick<FactOf<'step-logged'>, 'kind' | 'entries'> | Pick<FactOf<'step-said'>, 'kind' | 'messages'>;

const REPORT_EVERY_MS = 250;
/** A report is sent before its time when it has grown to this. */
const REPORT_ENTRIES = 100;
const REPORT_CHARACTERS = 65_536;

const LEVELS: Readonly<Record<LogEntry['level'], LogLevel>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
};

/**
 * What one attempt of a step logs and says, reported in batches, in the order in which it came. How much that may be is
 * bounded where modules run.
 */
export class StepNotices {
  readonly #report: (notice: Notice) => Promise<unknown>;
  readonly #onError: (error: unknown) => void;
  #entries: LoggedEntry[] = [];
  #characters = 0;
  /** Of the entry that stands for others, which is brought up to date. */
  #standInId: string | undefined;
  #messages: SaidMessage[] = [];
  #timer: NodeJS.Timeout | undefined;
  #reporting: Promise<void> = Promise.resolve();

  constructor(report: (notice: Notice) => Promise<unknown>, onError: (error: unknown) => void) {
    this.#report = report;
    this.#onError = onError;
  }

  log({ level, message, fields, loggedAt, standsFor }: LogEntry): void {
    const text = fields === undefined ? message : `${message} ${JSON.stringify(fields)}`;
    const id = standsFor === undefined ? uuidv7() : this.#idOfStandIn();
    this.#entries.push({ id, at: loggedAt, level: LEVELS[level], text });
    this.#characters += text.length;
    if (this.#entries.length >= REPORT_ENTRIES || this.#characters >= REPORT_CHARACTERS) void this.flush();
    else this.#soon();
  }

  /** Of many at once only the newest are reported, as no more are kept. */
  say({ type, title, subtitle }: StatusMessage): void {
    this.#messages.push({ id: uuidv7(), at: Date.now(), type, title, subtitle: subtitle ?? null });
    if (this.#messages.length > STATUS_MESSAGES_KEPT) this.#messages.shift();
    this.#soon();
  }

  /** Resolves once everything that came until now is reported, or could not be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const notice of this.#take()) {
      this.#reporting = this.#reporting.then(() => this.#report(notice)).then(() => {}, this.#onError);
    }
    return this.#reporting;
  }

  #idOfStandIn(): string {
    this.#standInId ??= uuidv7();
    return this.#standInId;
  }

  #take(): Notice[] {
    const notices: Notice[] = [];
    if (this.#entries.length > 0) notices.push({ kind: 'step-logged', entries: this.#entries });
    if (this.#messages.length > 0) notices.push({ kind: 'step-said', messages: this.#messages });
    this.#entries = [];
    this.#characters = 0;
    this.#messages = [];
    return notices;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), REPORT_EVERY_MS);
  }
}
