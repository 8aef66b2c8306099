import { findAssistant } from '@gantry/record/assistants/find-assistant';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../http/api-error.ts';

/** @throws ApiError ASSISTANT_NOT_FOUND when the caller has no such assistant: nothing to count is another answer */
export async function checkAssistant({ db }: ApiDeps, organizationId: string, id: string | undefined): Promise<void> {
  if (id !== undefined && !(await findAssistant(db, { organizationId, id }))) {
    throw new ApiError('ASSISTANT_NOT_FOUND', `There is no assistant ${id}.`);
  }
}
