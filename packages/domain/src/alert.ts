/** What an alert watches for. */
export type AlertCondition =
  /** More than so many executions of one assistant failed in so many minutes. */
  | { kind: 'assistant-failing'; failures: number; minutes: number }
  /** No execution succeeded for so many minutes. */
  | { kind: 'nothing-succeeded'; minutes: number }
  /** A slice waits for a worker longer than that; null: of any runtime. */
  | { kind: 'waiting'; seconds: number; runtimeRef: string | null }
  /** No worker serves a runtime for so many minutes; null: any that has something to do. */
  | { kind: 'no-workers'; minutes: number; runtimeRef: string | null };

interface AlertState {
  /** Since when what the rule is about is so, and since when that was told; null: it is not. */
  holdsSince: Date | null;
  firingSince: Date | null;
}

export type AlertVerdict = AlertState & { tell?: 'alert.firing' | 'alert.resolved' };

/** What a look at what a rule is about makes of it: it fires once that has been so for long enough. */
export function judgeAlert(state: AlertState, holds: boolean, condition: AlertCondition, now: Date): AlertVerdict {
  if (!holds) {
    const resolved = state.firingSince !== null;
    return { holdsSince: null, firingSince: null, ...(resolved && { tell: 'alert.resolved' }) };
  }
  const holdsSince = state.holdsSince ?? now;
  if (state.firingSince !== null) return { holdsSince, firingSince: state.firingSince };
  // The others look back over their time themselves.
  const holdMs = condition.kind === 'no-workers' ? condition.minutes * 60_000 : 0;
  if (now.getTime() - holdsSince.getTime() < holdMs) return { holdsSince, firingSince: null };
  return { holdsSince, firingSince: now, tell: 'alert.firing' };
}
