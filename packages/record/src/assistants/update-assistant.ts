import type { AssistantFields } from '@gantry/contracts/http/assistant';
import { sql } from 'kysely';
import { type Actor, audit, givenFields } from '../audit/audit.ts';
import { type ChangeOutcome, changeOutcome } from '../changes/change-outcome.ts';
import type { Database } from '../connection/database.ts';
import { isUniqueViolation } from '../connection/database-error.ts';
import { transaction } from '../connection/transaction.ts';
import { assistantValues } from './assistant-values.ts';
import { type AssistantView, viewAssistants } from './assistant-view.ts';
import { type AssistantName, findAssistant } from './find-assistant.ts';
import { saveRevision } from './save-revision.ts';
import { saveSchedules } from './save-schedules.ts';

/** Changes the fields that are given; a `changeSequence` among them must be the present one. */
export async function updateAssistant(
  db: Database,
  assistant: AssistantName,
  fields: AssistantFields,
  now: Date,
  { actor, restored }: { actor?: Actor | undefined; restored?: number } = {},
): Promise<ChangeOutcome<AssistantView> | { outcome: 'slug-taken' }> {
  const { organizationId, id, projectId } = assistant;
  const changeSequence = fields.changeSequence ?? undefined;
  try {
    const { result } = await transaction(db, async (tx) => {
      const changed = await tx
        .updateTable('assistants')
        .set({ ...assistantValues(fields), change_sequence: sql`change_sequence + 1`, updated_at: sql`now()` })
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId ?? ''))
        .$if(changeSequence !== undefined, (query) => query.where('change_sequence', '=', changeSequence ?? 0))
        .returningAll()
        .executeTakeFirst();
      if (changed && (fields.schedules !== undefined || fields.active !== undefined)) {
        await saveSchedules(tx, changed, fields.schedules, now);
      }
      const [view] = changed ? await viewAssistants(tx, [await saveRevision(tx, changed, { actor, now })]) : [];
      if (changed) {
        const { name } = changed;
        const deed =
          restored === undefined
            ? ({ action: 'update', details: { name, fields: givenFields(fields) } } as const)
            : ({ action: 'restore', details: { name, revision: restored } } as const);
        await audit(tx, actor, { ...deed, resource: 'assistant', id });
      }
      return changeOutcome(view, () => findAssistant(tx, assistant));
    });
    return result;
  } catch (error) {
    if (isUniqueViolation(error, 'assistants_project_id_slug_key')) return { outcome: 'slug-taken' };
    throw error;
  }
}
