import { rebuiltRollupsSchema } from '@gantry/contracts/http/step-durations';
import { rebuildRollups as rebuildInRecord } from '@gantry/record/rollups/rebuild-rollups';
import { route } from '../http/route.ts';

export const rebuildRollups = route({
  method: 'post',
  path: '/api/rollups/rebuild',
  summary: 'Count executions and durations anew, should the numbers ever not be what the record says',
  scopes: ['admin'],
  answers: { 200: rebuiltRollupsSchema },
  async handle({ caller: { organizationId } }, { db }) {
    return { status: 200, body: await rebuildInRecord(db, organizationId) };
  },
});
