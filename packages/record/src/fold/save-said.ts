import { isFinished } from '@gantry/domain/status';
import type { Tx } from '../connection/database.ts';
import { addStatusMessages } from '../executions/add-status-messages.ts';
import type { FoldedExecution } from './save-states.ts';

/** Adds the status messages that these facts tell of, except of executions that were finished before. */
export async function saveSaid(tx: Tx, folded: readonly FoldedExecution[], now: Date): Promise<void> {
  const messages = folded
    .filter(({ state }) => !isFinished(state.status))
    .flatMap(({ facts }) => facts)
    .flatMap((fact) =>
      fact.kind !== 'step-said'
        ? []
        : fact.messages.map(({ at, ...message }) => ({
            ...message,
            execution_id: fact.executionId,
            said_at: new Date(at),
          })),
    );
  await addStatusMessages(tx, messages, now);
}
