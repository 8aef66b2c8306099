import { auditEntrySchema } from '@gantry/contracts/http/audit-entry';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { auditFields, listAuditEntries as listInRecord } from '@gantry/record/audit/list-audit-entries';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';

export const listAuditEntries = route({
  method: 'get',
  path: '/api/audit',
  summary: 'Who did what, newest first',
  scopes: ['admin'],
  query: listQuerySchema,
  answers: { 200: pageSchema(auditEntrySchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listInRecord(db, organizationId, listRequest(query, auditFields));
    const entries = rows.map(({ id, at, key_id, key_name, action, resource, resource_id, details }) => ({
      id,
      at: at.toISOString(),
      keyId: key_id,
      keyName: key_name,
      action,
      resource,
      resourceId: resource_id,
      details,
    }));
    return { status: 200, body: pageAnswer(entries, page, query) };
  },
});
