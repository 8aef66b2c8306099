import type { WebhookSubject } from '@gantry/domain/webhook-event';
import { sql } from 'kysely';
import { alertFields } from '../alerts/alert-fields.ts';
import { bulkFields } from '../bulk/bulk-fields.ts';
import { familyFields } from '../families/family-fields.ts';
import { executionFields } from '../filter/execution-fields.ts';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`webhooks.${name}`);

export const webhookFields = {
  id: { kind: 'uuid', sql: column('id') },
  name: { kind: 'text', sql: column('name') },
  url: { kind: 'text', sql: column('url') },
  projectId: { kind: 'uuid', sql: column('project_id'), nullable: true },
  active: { kind: 'boolean', sql: column('active') },
  failingSince: { kind: 'date', sql: column('failing_since'), nullable: true },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
} as const satisfies FieldTable;

/** What the filter of a webhook can speak of, by what its events are about. */
export const FILTERED_BY: Readonly<Record<WebhookSubject, FieldTable>> = {
  execution: executionFields,
  'document-family': familyFields,
  'bulk-operation': bulkFields,
  alert: alertFields,
};
