import { projectSchema, projectUpdateSchema } from '@gantry/contracts/http/project';
import { updateProject as updateInRecord } from '@gantry/record/projects/update-project';
import { changed } from '../http/changed.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { projectAnswer } from './project-answer.ts';

export const updateProject = route({
  method: 'put',
  path: '/api/projects/:id',
  summary: 'Change a project; what is left out stays',
  scopes: ['assistants:write'],
  params: idParams,
  body: projectUpdateSchema,
  answers: { 200: projectSchema },
  errors: ['SLUG_TAKEN', 'STALE_CHANGE_SEQUENCE'],
  async handle({ caller, params: { id }, body }, { db }) {
    const { organizationId } = caller;
    const { changeSequence = null, name, slug, description } = body;
    const values = { name, slug, description };
    const outcome = await updateInRecord(db, { organizationId, id, changeSequence, values }, caller);
    return { status: 200, body: projectAnswer(changed(outcome, 'project', id)) };
  },
});
