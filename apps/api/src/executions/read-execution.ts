import type { Execution } from '@gantry/contracts/http/execution';
import { findExecutions } from '@gantry/record/executions/find-executions';
import type { ApiDeps } from '../api-deps.ts';
import { notFound } from '../http/api-error.ts';
import type { Caller } from '../http/caller.ts';
import { executionAnswer } from './execution-answer.ts';
import { placesBefore } from './places-before.ts';

/** Without the outputs of its steps, unless they are asked for. @throws ApiError NOT_FOUND */
export async function readExecution(
  deps: ApiDeps,
  { organizationId }: Caller,
  id: string,
  { outputs }: { outputs: boolean } = { outputs: false },
): Promise<Execution> {
  const [view] = await findExecutions(deps.db, { organizationId, ids: [id], outputs });
  if (view === undefined) throw notFound('execution', id);
  return executionAnswer(view, await placesBefore([view], deps));
}
