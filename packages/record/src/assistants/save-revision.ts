import type { Pipeline } from '@gantry/domain/pipeline';
import { sql } from 'kysely';
import type { Actor } from '../audit/audit.ts';
import type { Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/**
 * Keeps the pipeline of an assistant, whose row is locked, as its next revision, unless it is what the last one says.
 * @returns the assistant as it is then
 */
export async function saveRevision(
  tx: Tx,
  assistant: Row<'assistants'>,
  { actor, now, isNew = false }: { actor: Actor | undefined; now: Date; isNew?: boolean },
): Promise<Row<'assistants'>> {
  const pipeline: Pipeline | null = assistant.options.pipeline ?? null;
  const number = isNew ? assistant.revision : assistant.revision + 1;
  const { rows } = await sql`
    insert into assistant_revisions (assistant_id, number, pipeline, key_id, key_name, created_at)
    select ${assistant.id}, ${number}, ${JSON.stringify(pipeline)}::jsonb, ${actor?.keyId ?? null}, ${actor?.keyName ?? null}, ${now}
    where not exists (
      select from assistant_revisions
      where assistant_id = ${assistant.id} and number = ${assistant.revision} and pipeline = ${JSON.stringify(pipeline)}::jsonb
    ) returning number`.execute(tx);
  if (rows.length === 0 || isNew) return assistant;
  await tx.updateTable('assistants').set({ revision: number }).where('id', '=', assistant.id).execute();
  return { ...assistant, revision: number };
}
