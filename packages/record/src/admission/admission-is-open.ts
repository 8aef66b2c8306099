import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';

/**
 * Whether new executions may go straight to PENDING. The share lock is held until the transaction ends, so that the
 * leader's switch waits for those who read the old answer, and the order of arrival holds across the switch.
 */
export async function admissionIsOpen(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`select open from admission for key share`.execute(tx);
  return rows[0]?.open ?? true;
}
