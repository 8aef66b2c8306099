import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import type { Row } from '../schema/tables.ts';

/**
 * Whether new executions may go straight to PENDING. The share lock is held until the transaction ends, so that the
 * leader's switch waits for those who read the old answer, and the order of arrival holds across the switch.
 */
export async function admissionIsOpen(tx: Tx): Promise<boolean> {
  const { rows } = await isOpen.execute(tx);
  return rows[0]?.open ?? true;
}

export const isOpen = prepared<{ open: boolean }>`select open from admission for key share`;

/** Whether its executions go the way of all others: one that is paused or has a limit of its own lets them wait in the record. */
export function isUnlimited(
  assistant: Pick<Row<'assistants'>, 'max_concurrent_executions' | 'paused'> | undefined,
): boolean {
  return assistant === undefined || (assistant.max_concurrent_executions === null && !assistant.paused);
}
