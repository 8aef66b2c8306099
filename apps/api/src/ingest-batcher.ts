import type { AfterCommit, Committed } from '@gantry/contracts/after-commit';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { isDatabaseUnavailable } from '@gantry/record/connection/database-error';
import type { IngestResult } from '@gantry/record/events/ingest-result';
import type { ApiMetrics } from './api-metrics.ts';
import { ApiError } from './http/api-error.ts';

/** What became of one event: its result, or what writing it failed with. */
export type SettledEvent = PromiseSettledResult<IngestResult>;

export interface IngestBatcherOptions {
  /** Writes events in one transaction: all of them or none. */
  ingest: (events: readonly IncomingEvent[]) => Promise<Committed<IngestResult[]>>;
  /** Does what follows a commit; awaited before the requests are answered; never rejects. */
  carryOut: (after: AfterCommit) => Promise<void>;
  metrics: Pick<ApiMetrics, 'observeIngestBatch'>;
  /** Transactions at the same time. */
  maxUnderWay?: number;
  /** A batch takes whole requests, and no further one once it would pass this. */
  maxBatch?: number;
  /** Events accepted and not answered; beyond it new ones are refused. */
  maxPending?: number;
}

/** What takes longer than this waits for something: the next transaction need not wait with it. */
const SLOW_MS = 100;

/** Where Postgres is away or somebody holds a lock, whoever has waited so long is told with those that were tried. */
const PATIENCE_MS = 2_000;

interface Waiting {
  events: readonly IncomingEvent[];
  since: number;
  resolve: (results: SettledEvent[]) => void;
}

/**
 * Group commit: requests that arrive while others are written and answered share the next transaction, so that thousands
 * of single-event requests a second cost a few dozen commits. A transaction costs about as much as twenty events, and what
 * is written together is planned and queued together: so another one starts meanwhile only when it would be full, or when
 * that is slow. Within a request, events keep their order.
 */
export class IngestBatcher {
  readonly #options: Required<IngestBatcherOptions>;
  #waiting: Waiting[] = [];
  #waitingEvents = 0;
  #underWay = 0;
  /** Batches whose requests have had no answer. */
  #unanswered = 0;
  #startedAtMs = 0;
  #pending = 0;

  constructor({ maxUnderWay = 2, maxBatch = 500, maxPending = 20_000, ...rest }: IngestBatcherOptions) {
    this.#options = { ...rest, maxUnderWay, maxBatch, maxPending };
  }

  /**
   * @returns what became of each event, in order
   * @throws ApiError EVENT_QUEUE_FULL
   */
  async submit(events: readonly IncomingEvent[]): Promise<SettledEvent[]> {
    if (this.#pending + events.length > this.#options.maxPending) {
      throw new ApiError('EVENT_QUEUE_FULL', 'More events wait to be written than may wait.', {
        headers: { 'retry-after': '1' },
      });
    }
    this.#pending += events.length;
    try {
      return await new Promise<SettledEvent[]>((resolve) => {
        this.#waiting.push({ events, since: performance.now(), resolve });
        this.#waitingEvents += events.length;
        this.#next();
      });
    } finally {
      this.#pending -= events.length;
    }
  }

  #next(): void {
    if (this.#waiting.length === 0 || !this.#mayStart()) return;
    this.#underWay += 1;
    this.#unanswered += 1;
    this.#startedAtMs = performance.now();
    void this.#write(this.#take());
  }

  #mayStart(): boolean {
    const { maxUnderWay, maxBatch } = this.#options;
    if (this.#unanswered === 0) return true;
    if (this.#underWay === maxUnderWay) return false;
    return this.#waitingEvents >= maxBatch || performance.now() - this.#startedAtMs > SLOW_MS;
  }

  /** Whole requests, at least one. */
  #take(): Waiting[] {
    let size = 0;
    const end = this.#waiting.findIndex(({ events }, index) => {
      size += events.length;
      return index > 0 && size > this.#options.maxBatch;
    });
    const batch = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    this.#waitingEvents -= batch.reduce((sum, { events }) => sum + events.length, 0);
    return batch;
  }

  async #write(batch: Waiting[]): Promise<void> {
    const commits: AfterCommit[] = [];
    const settled = await this.#settle(
      batch.flatMap(({ events }) => events),
      commits,
    );
    this.#options.metrics.observeIngestBatch(settled.length);
    const [first] = settled;
    if (first?.status === 'rejected' && isDatabaseUnavailable(first.reason)) this.#giveUpWaiting(first);
    this.#underWay -= 1;
    this.#next();
    for (const after of commits) await this.#options.carryOut(after);
    let from = 0;
    for (const { events, resolve } of batch) {
      resolve(settled.slice(from, from + events.length));
      from += events.length;
    }
    this.#unanswered -= 1;
    // Requests that have come meanwhile are read first.
    setImmediate(() => this.#next());
  }

  #giveUpWaiting(failure: PromiseRejectedResult): void {
    const until = performance.now() - PATIENCE_MS;
    const impatient = this.#waiting.filter(({ since }) => since < until);
    this.#waiting = this.#waiting.filter(({ since }) => since >= until);
    for (const { events, resolve } of impatient) {
      this.#waitingEvents -= events.length;
      resolve(events.map(() => failure));
    }
  }

  /** One bad event must not fail the others, so they are tried one by one; a Postgres that is away fails them alike. */
  async #settle(events: readonly IncomingEvent[], commits: AfterCommit[]): Promise<SettledEvent[]> {
    try {
      const { result, after } = await this.#options.ingest(events);
      commits.push(after);
      return result.map((value) => ({ status: 'fulfilled', value }));
    } catch (reason) {
      if (events.length === 1 || isDatabaseUnavailable(reason)) {
        return events.map(() => ({ status: 'rejected', reason }));
      }
      const settled: SettledEvent[] = [];
      for (const event of events) settled.push(...(await this.#settle([event], commits)));
      return settled;
    }
  }
}
