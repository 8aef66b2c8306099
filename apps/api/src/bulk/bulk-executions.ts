import type { ErrorCode } from '@gantry/contracts/error-catalogue';
import type { Scope } from '@gantry/contracts/http/api-key';
import {
  type BulkKind,
  type BulkOperation,
  bulkOperationSchema,
  bulkRequestSchema,
  bulkRestartSchema,
  dryRunSchema,
} from '@gantry/contracts/http/bulk-operation';
import type { RestartRequest } from '@gantry/contracts/http/restart';
import { parseFilter } from '@gantry/domain/filter/parse-filter';
import { countBulkItems } from '@gantry/record/bulk/create-bulk-operation';
import { executionFields } from '@gantry/record/filter/execution-fields';
import type { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../http/caller.ts';
import { type Reply, route } from '../http/route.ts';
import { startBulkOperation } from './start-bulk-operation.ts';

const VERBS = [
  { verb: 'cancel', kind: 'CANCEL', summary: 'Cancel the executions that match a filter, and everything they caused' },
  { verb: 'reprocess', kind: 'REPROCESS', summary: 'Run the finished executions that match a filter again' },
  { verb: 'delete', kind: 'DELETE', summary: 'Remove the finished executions that match a filter' },
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

const scopes: readonly Scope[] = ['executions:write'];
const HOW = 'in the background, or only counted with dryRun';

const withoutOptions = VERBS.map(({ verb, kind, summary }) =>
  route({
    method: 'post',
    path: `/api/executions/${verb}`,
    summary: `${summary}; ${HOW}`,
    scopes,
    body: bulkRequestSchema,
    answers: ANSWERS,
    errors: ERRORS,
    handle: ({ caller, body }, deps) => begin(deps, caller, kind, body),
  }),
);

const restart = route({
  method: 'post',
  path: '/api/executions/restart',
  summary: `Restart the finished executions that match a filter, each from a step on; ${HOW}`,
  scopes,
  body: bulkRestartSchema,
  answers: ANSWERS,
  errors: ERRORS,
  handle: ({ caller, body: { filter, dryRun, ...request } }, deps) =>
    begin(deps, caller, 'RESTART', { filter, dryRun, request }),
});

export const bulkExecutions = [...withoutOptions, restart];

interface BulkRequest {
  filter: string[];
  dryRun: boolean;
  request?: RestartRequest | undefined;
}

async function begin(
  deps: ApiDeps,
  caller: Caller,
  kind: BulkKind,
  { filter: texts, dryRun, request }: BulkRequest,
): Promise<Reply<BulkReply>> {
  const filter = parseFilter(texts, executionFields);
  if (filter === undefined) {
    const message = 'expected a filter: one that matches everything is to be written out';
    throw new ApiError('BULK_FILTER_REQUIRED', `filter: ${message}`, { errors: { filter: message } });
  }
  const { organizationId } = caller;
  const selection = { kind, filter };
  if (dryRun) return { status: 200, body: { dryRun, count: await countBulkItems(deps.db, organizationId, selection) } };
  const wanted = { organizationId, selection, filter: texts, request, actor: caller };
  return { status: 202, body: await startBulkOperation(deps, wanted) };
}
