import type { ErrorCode } from '@gantry/contracts/error-catalogue';
import {
  type BulkOperation,
  bulkOperationSchema,
  bulkRequestSchema,
  dryRunSchema,
} from '@gantry/contracts/http/bulk-operation';
import { parseFilter } from '@gantry/domain/filter/parse-filter';
import { countBulkItems } from '@gantry/record/bulk/create-bulk-operation';
import { executionFields } from '@gantry/record/filter/execution-fields';
import type { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { type Reply, route } from '../http/route.ts';
import { startBulkOperation } from './start-bulk-operation.ts';

const VERBS = [
  { verb: 'cancel', kind: 'CANCEL', summary: 'Cancel the executions that match a filter, and everything they caused' },
  { verb: 'reprocess', kind: 'REPROCESS', summary: 'Run the finished executions that match a filter again' },
] as const;

type BulkReply = z.infer<typeof dryRunSchema> | BulkOperation;

const ANSWERS: Record<number, z.ZodType<BulkReply>> = { 200: dryRunSchema, 202: bulkOperationSchema };

const ERRORS: readonly ErrorCode[] = [
  'BULK_FILTER_REQUIRED',
  'FILTER_INVALID',
  'FILTER_FIELD_UNKNOWN',
  'FILTER_TYPE_MISMATCH',
  'FILTER_TOO_LONG',
  'FILTER_TOO_DEEP',
  'FILTER_TOO_MANY_TERMS',
  'BULK_TOO_LARGE',
  'TOO_MANY_BULK_OPERATIONS',
];

export const bulkExecutions = VERBS.map(({ verb, kind, summary }) =>
  route({
    method: 'post',
    path: `/api/executions/${verb}`,
    summary: `${summary}; in the background, or only counted with dryRun`,
    scopes: ['executions:write'],
    body: bulkRequestSchema,
    answers: ANSWERS,
    errors: ERRORS,
    async handle({ caller: { organizationId }, body: { filter: texts, dryRun } }, deps): Promise<Reply<BulkReply>> {
      const filter = parseFilter(texts, executionFields);
      if (filter === undefined) {
        const message = 'expected a filter: one that matches everything is to be written out';
        throw new ApiError('BULK_FILTER_REQUIRED', `filter: ${message}`, { errors: { filter: message } });
      }
      const selection = { kind, filter };
      if (dryRun) {
        return { status: 200, body: { dryRun, count: await countBulkItems(deps.db, organizationId, selection) } };
      }
      return { status: 202, body: await startBulkOperation(deps, { organizationId, selection, filter: texts }) };
    },
  }),
);
