import { type ExecutionLog, executionLogSchema } from '@gantry/contracts/http/execution-log';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { logLevelFromValue } from '@gantry/domain/log-entry';
import { listLogs as listFromRecord } from '@gantry/record/executions/list-logs';
import { logFields } from '@gantry/record/filter/log-fields';
import type { Row } from '@gantry/record/schema/tables';
import { idParams } from '../http/id-params.ts';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { readExecutionRow } from './read-execution-row.ts';

export const listLogs = route({
  method: 'get',
  path: '/api/executions/:id/logs',
  summary: 'The log of an execution, in the order in which it was written',
  scopes: ['executions:read'],
  params: idParams,
  query: listQuerySchema,
  answers: { 200: pageSchema(executionLogSchema) },
  async handle({ caller, params, query }, deps) {
    const { id } = await readExecutionRow(deps, caller, params.id);
    const { rows, page } = await listFromRecord(deps.db, id, listRequest(query, logFields));
    return { status: 200, body: pageAnswer(rows.map(logAnswer), page, query) };
  },
});

function logAnswer(row: Row<'execution_logs'>): ExecutionLog {
  return {
    id: row.id,
    uuid: row.id,
    executionId: row.execution_id,
    stepId: `${row.execution_id}.${row.step}`,
    level: logLevelFromValue(row.level),
    logDate: row.logged_at.toISOString(),
    entry: row.entry,
  };
}
