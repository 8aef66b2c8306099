import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`webhook_deliveries.${name}`);

/** In one word how far a delivery is. */
const DELIVERY_STATUS = sql<'PENDING' | 'DELIVERED' | 'FAILED'>`
  (case when delivered_at is not null then 'DELIVERED' when due_at is not null then 'PENDING' else 'FAILED' end)`;

export const deliveryFields = {
  id: { kind: 'uuid', sql: column('id') },
  event: { kind: 'text', sql: column('event_type') },
  status: { kind: 'text', sql: DELIVERY_STATUS },
  attempts: { kind: 'number', sql: column('attempts') },
  statusCode: { kind: 'number', sql: column('last_status'), nullable: true },
  dueOn: { kind: 'date', sql: column('due_at'), nullable: true },
  createdOn: { kind: 'date', sql: column('created_at') },
} as const satisfies FieldTable;
