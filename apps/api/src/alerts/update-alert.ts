import { alertSchema, alertUpdateSchema } from '@gantry/contracts/http/alert';
import { updateAlert as updateInRecord } from '@gantry/record/alerts/update-alert';
import { changed } from '../http/changed.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { alertAnswer } from './alert-answer.ts';

export const updateAlert = route({
  method: 'put',
  path: '/api/alerts/:id',
  summary: 'Change an alert, mute it, or switch it off or on again; what is left out stays',
  scopes: ['assistants:write'],
  params: idParams,
  body: alertUpdateSchema,
  answers: { 200: alertSchema },
  errors: ['STALE_CHANGE_SEQUENCE'],
  async handle({ caller, params: { id }, body }, { db }) {
    const { changeSequence = null, name, condition, active, mutedUntil } = body;
    const muted = mutedUntil == null ? undefined : new Date(mutedUntil);
    const values = { name, condition, active: active ?? undefined, mutedUntil: muted };
    const { organizationId } = caller;
    const outcome = await updateInRecord(db, { organizationId, id, changeSequence, values }, caller);
    return { status: 200, body: alertAnswer(changed(outcome, 'alert', id)) };
  },
});
