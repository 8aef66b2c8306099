import { idField, jsonField } from '@gantry/contracts/http/fields';
import { findStepOutput } from '@gantry/record/executions/find-step-output';
import { z } from 'zod';
import { ApiError, notFound } from '../http/api-error.ts';
import { sendContent } from '../http/file-reply.ts';
import { route } from '../http/route.ts';
import { readExecutionRow } from './read-execution-row.ts';

export const getStepOutput = route({
  method: 'get',
  path: '/api/executions/:id/steps/:step/output',
  summary: 'The output of a step, whole and of any size; steps are counted from 0',
  scopes: ['executions:read'],
  params: z.object({
    id: idField,
    step: z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number),
  }),
  answers: { 200: jsonField },
  errors: ['OUTPUT_NOT_FOUND', 'CONTENT_NOT_FOUND'],
  async handle({ caller, params: { id, step } }, deps) {
    const execution = await readExecutionRow(deps, caller, id);
    const found = await findStepOutput(deps.db, execution, step);
    if (found === undefined) throw notFound('step', String(step));
    const { status, output, outputId, outputRef } = found;
    if (outputId === null) throw new ApiError('OUTPUT_NOT_FOUND', `The step ${step} is ${status} and has no output.`);
    if (outputRef === null) return { status: 200, body: output };
    const content = deps.content.forOrganization(caller.organizationId);
    const { size } = await content.describe(outputRef);
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': String(size) };
    return { status: 200, body: undefined, headers, stream: (response) => sendContent(response, content, outputRef) };
  },
});
