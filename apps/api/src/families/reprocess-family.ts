import {
  documentFamilySchema,
  familyParamsSchema,
  reprocessBodySchema,
  reprocessQuerySchema,
} from '@gantry/contracts/http/document-family';
import { executionSchema } from '@gantry/contracts/http/execution';
import { findExecutions } from '@gantry/record/executions/find-executions';
import { reprocessFamily as reprocessInRecord } from '@gantry/record/reprocess/reprocess-family';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { executionAnswer } from '../executions/execution-answer.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import type { Caller } from '../http/caller.ts';
import { route } from '../http/route.ts';
import { readFamily } from './family-answer.ts';
import { readStoreFamily, STORE_PATH, storeFamilyParams } from './store-families.ts';

const path = '/api/document-families/:id/reprocess';
const summary = 'Run assistants on a document family again; none named: all that processed it before';

export const reprocessFamily = route({
  method: 'put',
  path,
  summary,
  scopes: ['executions:write'],
  params: familyParamsSchema,
  query: reprocessQuerySchema,
  answers: { 200: z.array(executionSchema) },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller, params: { id }, query }, deps) {
    const { organizationId } = caller;
    const ids = await reprocess(deps, caller, id, query.assistantId);
    const views = await findExecutions(deps.db, { organizationId, ids });
    return { status: 200, body: views.map((view) => executionAnswer(view)) };
  },
});

export const reprocessStoreFamily = route({
  method: 'put',
  path: `${STORE_PATH}/families/:id/reprocess`,
  summary,
  scopes: ['executions:write'],
  params: storeFamilyParams,
  query: reprocessQuerySchema,
  answers: { 200: z.array(executionSchema) },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller, params, query }, deps) {
    const { organizationId } = caller;
    const { id } = await readStoreFamily(deps, organizationId, params);
    const ids = await reprocess(deps, caller, id, query.assistantId);
    const views = await findExecutions(deps.db, { organizationId, ids });
    return { status: 200, body: views.map((view) => executionAnswer(view)) };
  },
});

/** The form of older clients. */
export const reprocessFamilyByBody = route({
  method: 'post',
  path,
  summary,
  scopes: ['executions:write'],
  params: familyParamsSchema,
  body: reprocessBodySchema,
  answers: { 200: documentFamilySchema },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller, params: { id }, body }, deps) {
    await reprocess(deps, caller, id, body.assistantIds);
    return { status: 200, body: await readFamily(deps, caller.organizationId, id) };
  },
});

/** @returns the ids of the new executions, in the order of the assistants */
async function reprocess(
  deps: ApiDeps,
  actor: Caller,
  familyId: string,
  assistantIds: readonly string[],
): Promise<string[]> {
  const { organizationId } = actor;
  const result = await deps.commits.follow(
    reprocessInRecord(deps.db, { organizationId, familyId, assistantIds, now: new Date(), actor }),
  );
  if (result.outcome === 'not-found') {
    if (result.what === 'family') throw notFound('document family', familyId);
    throw new ApiError('ASSISTANT_NOT_FOUND', `There is no assistant ${result.id}.`);
  }
  return result.executionIds;
}
