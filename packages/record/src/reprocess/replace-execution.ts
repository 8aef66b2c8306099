import { isDeepStrictEqual } from 'node:util';
import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { JsonObject } from '@gantry/domain/json';
import type { Pipeline } from '@gantry/domain/pipeline';
import { MANUAL_PRIORITY } from '@gantry/domain/priority';
import { statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import { isUnlimited } from '../admission/admission-is-open.ts';
import { type ChangedRow, changedColumns, noteChanges } from '../changes/changes.ts';
import type { Tx } from '../connection/database.ts';
import type { FamilyRow } from '../events/upsert-families.ts';
import { becoming, heeding } from '../executions/command-sql.ts';
import { executionJob } from '../executions/execution-job.ts';
import { insertExecutions } from '../executions/insert-executions.ts';
import {
  assistantContext,
  fromAssistant,
  type NewExecution,
  newExecution,
  pipelineOf,
} from '../executions/new-execution.ts';
import { newestVersion } from '../families/content-objects.ts';
import type { Row } from '../schema/tables.ts';

export interface Replacement {
  executionId: string;
  /** To be enqueued after the commit; none if it was there already or waits for admission. */
  jobs: ExecutionJob[];
}

export interface Moment {
  /** Whether new executions may go straight to PENDING. */
  open: boolean;
  now: Date;
}

/** Executions that did something and are over, whether or not they are being replaced. */
export const REPLACEABLE = [...heeding('replace'), statusValue('PENDING_REPROCESSING')];

/** What an assistant does with a document family. */
export interface Pair {
  assistant: Row<'assistants'>;
  family: FamilyRow;
}

/**
 * Runs assistants on document families again, in place of what each did with its family last; if it did nothing yet, for
 * the first time. While a replacement is open, asking again gives the same one.
 * @returns one for each pair, in order, after a few statements however many there are
 */
export async function replaceLast(tx: Tx, pairs: readonly Pair[], moment: Moment): Promise<Replacement[]> {
  const lastOf = await lockLastFinished(tx, pairs);
  const runs = pairs.map((pair): Run => {
    const { assistant, family } = pair;
    const last = lastOf(pair);
    return {
      last,
      assistant,
      family,
      pipeline: pipelineOf(assistant),
      context: { ...(last?.context ?? firstContext(family)), ...assistantContext(assistant) },
      values: { ...fromAssistant(assistant), document_family_id: family.id },
    };
  });
  return replaceAll(tx, runs, moment);
}

interface Replaced {
  /** Locked, and in one of the REPLACEABLE statuses. */
  last: Row<'executions'>;
  assistant: Row<'assistants'> | undefined;
  family: FamilyRow | undefined;
  /** What is different from the last time. */
  changes?: { pipeline: Pipeline; context: JsonObject; fromStep: number; revision: number | null };
}

/** Runs executions again from their own contexts: their assistants as they are now, or their own pipelines without one. */
export function replaceExecutions(tx: Tx, replaced: readonly Replaced[], moment: Moment): Promise<Replacement[]> {
  return replaceAll(tx, replaced.map(runOf), moment);
}

function runOf({ last, assistant, family, changes }: Replaced): Run {
  const { organization_id, project_id, complete_label, timeout_seconds } = last;
  const { logging_enabled, delete_logging_on_success, document_family_id, description, pipeline } = last;
  const own = {
    organization_id,
    project_id,
    complete_label,
    timeout_seconds,
    logging_enabled,
    delete_logging_on_success,
  };
  return {
    last,
    assistant,
    family,
    pipeline: changes?.pipeline ?? (assistant ? pipelineOf(assistant) : { steps: pipeline.steps }),
    context: { ...last.context, ...(assistant ? assistantContext(assistant) : {}), ...changes?.context },
    values: {
      ...(assistant ? fromAssistant(assistant) : own),
      document_family_id,
      description,
      from_step: changes?.fromStep ?? null,
      ...(changes === undefined ? {} : { revision: changes.revision }),
    },
  };
}

interface Run {
  last: Pick<Row<'executions'>, 'id' | 'parameters'> | undefined;
  assistant: Row<'assistants'> | undefined;
  family: FamilyRow | undefined;
  pipeline: Pipeline;
  context: JsonObject;
  values: Pick<NewExecution, 'organization_id' | 'project_id'> & Partial<NewExecution>;
}

async function replaceAll(tx: Tx, runs: readonly Run[], moment: Moment): Promise<Replacement[]> {
  const drafts = runs.map((run) => draft(run, moment));
  const replacementOf = await findReplacements(tx, replacedBy(drafts));
  const created = drafts.filter(({ id, replaces }) => {
    if (replaces === null) return true;
    if (replacementOf.has(replaces)) return false;
    replacementOf.set(replaces, id);
    return true;
  });
  await markReplaced(tx, replacedBy(created), moment.now);
  await insertExecutions(tx, created);
  const isNew = new Set(created);
  return drafts.map((execution, index) => ({
    executionId: replacementOf.get(execution.replaces ?? '') ?? execution.id,
    jobs:
      isNew.has(execution) && execution.status === statusValue('PENDING')
        ? [executionJob(execution, runs[index]?.family)]
        : [],
  }));
}

function draft({ last, assistant, pipeline, context, values }: Run, { open, now }: Moment): NewExecution {
  const { organization_id, project_id } = values;
  const status = open && isUnlimited(assistant) ? 'PENDING' : 'REQUESTED';
  return newExecution(
    { organization_id, project_id, now, status, priority: MANUAL_PRIORITY, pipeline, context },
    { ...values, parameters: last?.parameters ?? {}, reprocess_of: last?.id ?? null, replaces: last?.id ?? null },
  );
}

function replacedBy(executions: readonly NewExecution[]): string[] {
  return executions.flatMap(({ replaces }) => replaces ?? []);
}

/** @returns the open replacement of each execution that has one */
async function findReplacements(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; replaces: string }>`
    select id, replaces from executions where replaces = any(${ids})`.execute(tx);
  return new Map(rows.map(({ id, replaces }) => [replaces, id]));
}

async function markReplaced(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await sql<ChangedRow>`
    update executions set previous_status = status, status = ${becoming('replace')}, updated_at = ${now},
      change_sequence = change_sequence + 1
    where id = any(${ids}) and status = any(${heeding('replace')})
    returning ${changedColumns()}`.execute(tx);
  noteChanges(tx, 'status', rows);
}

type LastRow = Pick<
  Row<'executions'>,
  'id' | 'status' | 'assistant_id' | 'document_family_id' | 'context' | 'parameters'
>;

const MAX_LOOKS = 5;

/** The newest finished execution of each pair that did something; one being replaced counts. */
async function lockLastFinished(tx: Tx, pairs: readonly Pair[]): Promise<(pair: Pair) => LastRow | undefined> {
  if (pairs.length === 0) return () => undefined;
  let last = await lockNewestFinished(tx, pairs);
  // One that was replaced while its lock was waited for is not the newest any more. What is seen with the lock held is.
  for (let looks = 1; looks < MAX_LOOKS && last.some(isReplaced); looks++) {
    const seen = await lockNewestFinished(tx, pairs);
    const same = isDeepStrictEqual(idsOf(seen), idsOf(last));
    last = seen;
    if (same) break;
  }
  const byPair = new Map(last.map((row) => [`${row.assistant_id} ${row.document_family_id}`, row]));
  return ({ assistant, family }) => byPair.get(`${assistant.id} ${family.id}`);
}

const isReplaced = ({ status }: LastRow) => status === statusValue('REPROCESSED');
const idsOf = (rows: readonly LastRow[]) => rows.map(({ id }) => id).sort();

async function lockNewestFinished(tx: Tx, pairs: readonly Pair[]): Promise<LastRow[]> {
  const wanted = pairs.map(({ assistant: { id, organization_id }, family }) => ({
    organization_id,
    assistant_id: id,
    document_family_id: family.id,
  }));
  const { rows } = await sql<LastRow>`
    select last.* from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
      as wanted(organization_id uuid, assistant_id uuid, document_family_id text)
    cross join lateral (
      select id, status, assistant_id, document_family_id, context, parameters from executions
      where organization_id = wanted.organization_id and assistant_id = wanted.assistant_id
        and document_family_id = wanted.document_family_id and status = any(${REPLACEABLE})
      order by created_at desc, id desc limit 1 for no key update
    ) as last`.execute(tx);
  return rows;
}

function firstContext(family: FamilyRow): JsonObject {
  return {
    eventType: 'ASSISTANT',
    documentFamilyId: family.id,
    contentObjectId: newestVersion(family.content_objects)?.id ?? null,
    storeId: family.store_id,
  };
}
