import type { Seen } from '@gantry/dispatch/seen-history';
import type { History } from '@gantry/record/leader/history';

/**
 * Whether Redis has seen another history of the record than this one: one of another installation, or one that had come
 * further before the record was restored. A pure function; `history` and `term` were read after `seen`, by who leads.
 */
export function isAnotherHistory({ term, history: noted }: Seen, history: History, ownTerm: number): boolean {
  if (term > ownTerm) return true;
  return noted !== undefined && (noted.lineage !== history.lineage || noted.beat > history.beat);
}
