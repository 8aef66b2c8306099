import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { FoldedExecution } from './save-states.ts';

/** Remembers what succeeded steps wrote besides their outputs: it is not deleted while their execution is there. */
export async function saveWritten(tx: Tx, changed: readonly FoldedExecution[]): Promise<void> {
  const rows = changed.flatMap(({ row, state, after }) =>
    after.steps.flatMap((step, ordinal) =>
      step === state.steps[ordinal] ? [] : step.written.map(({ ref }) => ({ execution_id: row.id, ref })),
    ),
  );
  if (rows.length === 0) return;
  await sql`
    insert into step_contents
    select * from jsonb_populate_recordset(null::step_contents, ${JSON.stringify(rows)}::jsonb)
    on conflict do nothing`.execute(tx);
}
