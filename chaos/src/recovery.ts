import type { Finding } from './finding.ts';

/** One injection of a fault. In ms since 1970. */
export interface Injection {
  fault: string;
  from: number;
  /** When it was over. */
  to: number;
  /** Nothing else was broken meanwhile, until all was well again. */
  isAlone: boolean;
}

/** The life of an execution, in ms since 1970. */
export interface Life {
  id: string;
  from: number;
  /** Undefined: it has not ended. */
  to: number | undefined;
}

/** A line of the table. */
export interface FaultSummary {
  fault: string;
  injected: number;
  /** Executions that were unfinished at some moment of it, in all injections together. */
  inFlight: number;
  lost: number;
  stuck: number;
  doubled: number;
  wrong: number;
  /**
   * From the end of the fault until the last execution that was unfinished at it had ended, at worst, of the times when
   * nothing else was broken. In seconds; undefined if it never was alone.
   */
  worstRecovery: number | undefined;
}

/** What each fault did, in the order of their first injections. What is found of an execution counts for every fault it was in flight at. */
export function summarize(
  injections: readonly Injection[],
  lives: readonly Life[],
  findings: readonly Finding[],
): FaultSummary[] {
  const found = Map.groupBy(findings, ({ executionId }) => executionId);
  const summaries = new Map<string, FaultSummary>();
  for (const { fault, from, to, isAlone } of injections) {
    const summary = summaries.get(fault) ?? {
      fault,
      injected: 0,
      inFlight: 0,
      lost: 0,
      stuck: 0,
      doubled: 0,
      wrong: 0,
      worstRecovery: undefined,
    };
    summaries.set(fault, summary);
    const touched = lives.filter((life) => life.from <= to && (life.to ?? Number.POSITIVE_INFINITY) >= from);
    summary.injected += 1;
    summary.inFlight += touched.length;
    for (const { id } of touched) for (const { problem } of found.get(id) ?? []) summary[problem] += 1;
    if (!isAlone) continue;
    const ends = touched.map((life) => life.to ?? Number.POSITIVE_INFINITY);
    summary.worstRecovery = Math.max(summary.worstRecovery ?? 0, (Math.max(...ends, to) - to) / 1_000);
  }
  return [...summaries.values()];
}
