import type { Fact } from '@gantry/domain/fact';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { FoldedExecution } from './save-states.ts';

/**
 * Has kept outputs deleted that facts tell of and no step has: of attempts that others overtook, and of executions that
 * are gone. What belongs to a planning that the record does not know yet is left alone.
 */
export async function discardOutputs(
  tx: Tx,
  facts: readonly Fact[],
  folded: readonly FoldedExecution[],
): Promise<void> {
  const told = facts.flatMap((fact) => {
    const ref = 'outputRef' in fact ? fact.outputRef : null;
    return ref === null ? [] : [{ ref, executionId: fact.executionId, epoch: fact.epoch }];
  });
  if (told.length === 0) return;
  const states = new Map(folded.map(({ row, after }) => [row.id, after]));
  const refs = told.flatMap(({ ref, executionId, epoch }) => {
    const state = states.get(executionId);
    if (state === undefined) return [ref];
    const needed = epoch > state.epoch || state.steps.some((step) => step.outputRef === ref);
    return needed ? [] : [ref];
  });
  if (refs.length === 0) return;
  await sql`
    insert into discarded_contents (ref) select distinct unnest(${refs}::text[]) on conflict do nothing`.execute(tx);
}
