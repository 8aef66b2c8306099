import type { Fact } from '@gantry/domain/fact';

/** A fact is on its way for less, unless Redis was away. */
const TOLERANCE_MS = 60_000;

/**
 * What a worker says by a clock of its own that is wrong is put at the time at which it came into the journal, which is by
 * the clock of Redis for all of them. A pure function.
 * @param enteredAt ms since 1970, when the fact came into the journal
 */
export function retime(fact: Fact, enteredAt: number): Fact {
  const byMs = enteredAt - fact.at;
  if (Math.abs(byMs) <= TOLERANCE_MS) return fact;
  const at = enteredAt;
  const shifted = <Said extends { at: number }>(said: Said): Said => ({ ...said, at: said.at + byMs });
  switch (fact.kind) {
    case 'step-retrying':
      return { ...fact, at, retryAt: fact.retryAt + byMs };
    case 'step-logged':
      return { ...fact, at, entries: fact.entries.map(shifted) };
    case 'step-said':
      return { ...fact, at, messages: fact.messages.map(shifted) };
    default:
      return { ...fact, at };
  }
}

/** The id of a journal entry begins with the time at which it was added. */
export function enteredAt(entryId: string): number {
  return Number(entryId.split('-')[0]);
}
