import { bulkRequestSchema, dryRunSchema } from '@gantry/contracts/http/bulk-operation';
import { type Requeued, requeuedSchema } from '@gantry/contracts/http/requeue';
import { parseFilter } from '@gantry/domain/filter/parse-filter';
import { executionFields } from '@gantry/record/filter/execution-fields';
import { countRequeueable, MOST_REQUEUED, requestRequeue } from '@gantry/record/reconcile/requeue-requests';
import type { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { type Reply, route } from '../http/route.ts';

type RequeueReply = z.infer<typeof dryRunSchema> | Requeued;

const ANSWERS: Record<number, z.ZodType<RequeueReply>> = {
  200: dryRunSchema,
  202: requeuedSchema,
};

export const requeue = route({
  method: 'post',
  path: '/api/admin/requeue',
  summary:
    'Set unfinished executions that match a filter going again, whatever Redis holds of them; those that a worker runs go on undisturbed',
  scopes: ['operator'],
  body: bulkRequestSchema,
  answers: ANSWERS,
  errors: [
    ...(['BULK_FILTER_REQUIRED', 'FILTER_INVALID', 'FILTER_FIELD_UNKNOWN', 'FILTER_TYPE_MISMATCH'] as const),
    ...(['FILTER_TOO_LONG', 'FILTER_TOO_DEEP', 'FILTER_TOO_MANY_TERMS', 'BULK_TOO_LARGE'] as const),
  ],
  async handle({ caller, body: { filter: texts, dryRun } }, { db }): Promise<Reply<RequeueReply>> {
    const filter = parseFilter(texts, executionFields);
    if (filter === undefined) {
      const message = 'expected a filter: one that matches everything is to be written out';
      throw new ApiError('BULK_FILTER_REQUIRED', `filter: ${message}`, { errors: { filter: message } });
    }
    if (dryRun) return { status: 200, body: { dryRun, count: await countRequeueable(db, filter) } };
    const requested = await requestRequeue(db, { filter, texts, actor: caller });
    if (requested === undefined) {
      throw new ApiError('BULK_TOO_LARGE', `One request is about at most ${MOST_REQUEUED} executions.`);
    }
    return { status: 202, body: { requested } };
  },
});
