import type { Evidence, Found } from './document.ts';

export interface Candidate<Value> {
  value: Value;
  /** Compared with the other candidates of the same search only. */
  score: number;
  evidence: Evidence;
}

/** The candidate with the highest score, the first of equals. */
export function best<Value>(candidates: Candidate<Value>[]): Found<Value> | null {
  const winner = candidates.reduce<Candidate<Value> | null>(
    (leader, candidate) => (leader === null || candidate.score > leader.score ? candidate : leader),
    null,
  );
  return winner && { value: winner.value, evidence: winner.evidence };
}
