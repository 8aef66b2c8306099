import type { Committed } from '@gantry/contracts/after-commit';
import type { StatusMessageType } from '@gantry/domain/status-message';
import type { Database } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';
import { addStatusMessages } from './add-status-messages.ts';

interface Said {
  organizationId: string;
  executionId: string;
  type: StatusMessageType;
  title: string;
  subtitle: string | null;
  now: Date;
}

/** Adds a status message from outside. @returns undefined if there is no such execution */
export function sayStatus(
  db: Database,
  { organizationId, executionId, type, title, subtitle, now }: Said,
): Promise<Committed<Row<'status_messages'> | undefined>> {
  return retryTransaction(db, async (tx) => {
    const execution = await tx
      .selectFrom('executions')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('id', '=', executionId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (execution === undefined) return undefined;
    const message = { execution_id: execution.id, id: newId(), said_at: now, type, title, subtitle };
    await addStatusMessages(tx, [message], now);
    return message;
  });
}
