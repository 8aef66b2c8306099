import { z } from 'zod';
import { instantField, jsonObjectField } from './fields.ts';

export type AuditAction =
  | 'create'
  | 'update'
  | 'delete'
  | 'revoke'
  | 'restore'
  | 'cancel'
  | 'reprocess'
  | 'restart'
  | 'start'
  | 'abort'
  | 'rotate'
  | 'publish'
  | 'withdraw'
  | 'pause'
  | 'resume'
  | 'drain'
  | 'requeue'
  | 'prune';

export type AuditResource =
  | 'execution'
  | 'document-family'
  | 'bulk-operation'
  | 'assistant'
  | 'module'
  | 'key'
  | 'secret'
  | 'store'
  | 'project'
  | 'organization'
  | 'webhook'
  | 'alert'
  | 'system'
  | 'runtime'
  | 'worker';

/** Who did what to which resource. Kept longer than what it tells of. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: instantField,
  keyId: z.string().nullable(),
  /** As it was at that moment. */
  keyName: z.string(),
  action: z.string(),
  resource: z.string(),
  resourceId: z.string(),
  /** What of it was asked for or changed, without values that may be secret. */
  details: jsonObjectField.nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
