import type { Found, PageEvidence } from './invoice-facts.ts';

export interface Candidate<Value> {
  value: Value;
  /** 100 is what a label of its own says; below 50 is a guess. */
  score: number;
  evidence: PageEvidence;
}

const STATED = 50;

/** The candidate with the highest score, the first of equals; null when all are guesses: nothing is better than wrong. */
export function best<Value>(candidates: Candidate<Value>[]): Found<Value> | null {
  const winner = candidates.reduce<Candidate<Value> | null>(
    (leader, candidate) => (leader === null || candidate.score > leader.score ? candidate : leader),
    null,
  );
  if (winner === null || winner.score < STATED) return null;
  return { value: winner.value, confidence: confidenceOf(winner.score), evidence: winner.evidence };
}

/** From 0.5 for what was barely stated to 0.95: only an electronic invoice is certain. */
export function confidenceOf(score: number): number {
  return Math.round(Math.min(0.95, score / 110) * 100) / 100;
}
