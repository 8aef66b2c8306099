import type { AssistantFields } from '@gantry/contracts/http/assistant';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { transaction } from '../connection/transaction.ts';
import { slugCandidates } from '../projects/slug-candidates.ts';
import { newId } from '../schema/new-id.ts';
import { assistantValues } from './assistant-values.ts';
import { type AssistantView, viewAssistants } from './assistant-view.ts';
import { saveRevision } from './save-revision.ts';
import { saveSchedules } from './save-schedules.ts';

export interface NewAssistant {
  organizationId: string;
  /** Of the same organization. */
  projectId: string;
  /** The slug is made from the name when left out. */
  fields: AssistantFields & { name: string };
  now: Date;
  actor?: Actor;
}

/** @returns undefined when the slug is taken */
export async function createAssistant(
  db: Database,
  { organizationId, projectId, fields, now, actor }: NewAssistant,
): Promise<AssistantView | undefined> {
  const { name, schedules = [] } = fields;
  const { result } = await transaction(db, async (tx) => {
    for (const slug of fields.slug === undefined ? slugCandidates(name, 'assistant') : [fields.slug]) {
      const assistant = await tx
        .insertInto('assistants')
        .values({
          ...assistantValues(fields),
          id: newId(),
          organization_id: organizationId,
          project_id: projectId,
          name,
          slug,
        })
        .onConflict((conflict) => conflict.columns(['project_id', 'slug']).doNothing())
        .returningAll()
        .executeTakeFirst();
      if (assistant === undefined) continue;
      await saveRevision(tx, assistant, { actor, now, isNew: true });
      await audit(tx, actor, { action: 'create', resource: 'assistant', id: assistant.id, details: { name } });
      if (schedules.length > 0) await saveSchedules(tx, assistant, schedules, now);
      const [view] = await viewAssistants(tx, [assistant]);
      return view;
    }
    return undefined;
  });
  return result;
}
