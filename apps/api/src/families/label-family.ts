import { documentFamilySchema, familyParamsSchema } from '@gantry/contracts/http/document-family';
import { labelField } from '@gantry/contracts/http/fields';
import { labelFamily as labelInRecord } from '@gantry/record/families/label-family';
import { notFound } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { readFamily } from './family-answer.ts';

const params = familyParamsSchema.extend({ label: labelField });

const CHANGES = [
  { method: 'put', labelled: true, summary: 'Give a document family a label' },
  { method: 'delete', labelled: false, summary: 'Take a label from a document family' },
] as const;

export const labelFamily = CHANGES.map(({ method, labelled, summary }) =>
  route({
    method,
    path: '/api/document-families/:id/labels/:label',
    summary,
    scopes: ['executions:write'],
    params,
    answers: { 200: documentFamilySchema },
    async handle({ caller: { organizationId }, params: { id, label } }, deps) {
      const found = await labelInRecord(deps.db, { organizationId, familyId: id, label, labelled });
      if (!found) throw notFound('document family', id);
      return { status: 200, body: await readFamily(deps, organizationId, id) };
    },
  }),
);
