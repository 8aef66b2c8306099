import type { ScenarioName } from './scenarios.ts';

/** An event that the api has answered with 202. */
export interface AcceptedEvent {
  scenario: ScenarioName;
  /** In ms since 1970. */
  acceptedAt: number;
  executionIds: readonly string[];
  deduplicationKey: string | undefined;
}

/** What the producers were promised, to be held against what came of it. */
export class Ledger {
  readonly events: AcceptedEvent[] = [];
  /** Executions whose cancel the api has accepted. */
  readonly cancelled = new Set<string>();
  /** Replacements that the api has answered a reprocess with. */
  readonly replacements = new Set<string>();
  /** Events that were never answered with 202, however often they were sent: nothing was promised. */
  unanswered = 0;

  mark(): LedgerMark {
    const { events, cancelled, replacements } = this;
    return { events: events.length, cancelled: cancelled.size, replacements: replacements.size };
  }

  /** Forgets what was promised between two marks: the record that knew of it is gone. */
  forget(from: LedgerMark, to: LedgerMark): void {
    this.events.splice(from.events, to.events - from.events);
    for (const id of [...this.cancelled].slice(from.cancelled, to.cancelled)) this.cancelled.delete(id);
    for (const id of [...this.replacements].slice(from.replacements, to.replacements)) this.replacements.delete(id);
  }
}

/** How much had been promised at some moment. */
export interface LedgerMark {
  events: number;
  cancelled: number;
  replacements: number;
}
