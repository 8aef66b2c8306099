import type { AssistantFields } from '@gantry/contracts/http/assistant';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database.ts';
import { slugCandidates } from '../slug-candidates.ts';
import type { Row } from '../tables.ts';
import { assistantValues } from './assistant-values.ts';

export interface NewAssistant {
  organizationId: string;
  /** Of the same organization. */
  projectId: string;
  /** The slug is made from the name when left out. */
  fields: AssistantFields & { name: string };
}

/** @returns undefined when the slug is taken */
export async function createAssistant(
  db: Database,
  { organizationId, projectId, fields }: NewAssistant,
): Promise<Row<'assistants'> | undefined> {
  const { name } = fields;
  for (const slug of fields.slug === undefined ? slugCandidates(name, 'assistant') : [fields.slug]) {
    const assistant = await db
      .insertInto('assistants')
      .values({
        ...assistantValues(fields),
        id: uuidv7(),
        organization_id: organizationId,
        project_id: projectId,
        name,
        slug,
      })
      .onConflict((conflict) => conflict.columns(['project_id', 'slug']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (assistant) return assistant;
  }
  return undefined;
}
