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
}
