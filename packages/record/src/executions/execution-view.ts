import type { ContentObject } from '@gantry/contracts/document-snapshot';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** An execution with what belongs to it. */
export interface ExecutionView {
  row: Row<'executions'>;
  /** Null where it has none, or none any more. */
  assistant: NamedAssistant | null;
  /** Those that have begun or ended, by ordinal; `untouchedStep` says what a step without a row is. */
  steps: StepRow[];
  /** The content object it was created for and those that its steps wrote, as its document family has them now. */
  contentObjects: ContentObject[];
  /** The first 100 of them, without children of their own. */
  children: ExecutionView[];
}

/** What tells an assistant from others. */
export interface NamedAssistant {
  id: string;
  name: string;
  slug: string;
  project: { id: string; name: string; slug: string };
}

const CHILDREN_SHOWN = 100;

/** All but `output`. */
export const STEP_COLUMNS = [
  'execution_id',
  'ordinal',
  'ref',
  'name',
  'status',
  'attempt',
  'started_at',
  'finished_at',
  'progress',
  'progress_max',
  'output_ref',
  'output_id',
  'exception_details',
  'reused_from',
] as const;

/** A step's row; `output` is read for single executions alone. */
export type StepRow = Pick<Row<'execution_steps'>, (typeof STEP_COLUMNS)[number]> &
  Partial<Pick<Row<'execution_steps'>, 'output'>>;

/**
 * Reads what belongs to executions of one organization, in five queries however many there are.
 * @param outputs whether to read the steps' outputs too, each up to 64 KiB
 */
export async function viewExecutions(
  db: Database,
  rows: readonly Row<'executions'>[],
  { outputs }: { outputs: boolean },
): Promise<ExecutionView[]> {
  if (rows.length === 0) return [];
  const children = await childrenOf(
    db,
    rows.map(({ id }) => id),
  );
  const all = [...rows, ...children];
  const [assistants, steps, contentObjects] = await Promise.all([
    assistantsOf(db, all),
    stepsOf(db, all, outputs),
    contentObjectsOf(db, all),
  ]);
  const byParent = Map.groupBy(children, (child) => child.parent_execution_id ?? '');
  const view = (row: Row<'executions'>, ownChildren: ExecutionView[]): ExecutionView => ({
    row,
    assistant: assistants.get(row.assistant_id ?? '') ?? null,
    steps: steps.get(row.id) ?? [],
    contentObjects: contentObjects.get(row.id) ?? [],
    children: ownChildren,
  });
  return rows.map((row) =>
    view(
      row,
      (byParent.get(row.id) ?? []).map((child) => view(child, [])),
    ),
  );
}

async function childrenOf(db: Database, ids: readonly string[]): Promise<Row<'executions'>[]> {
  const { rows } = await sql<Row<'executions'>>`
    select child.* from unnest(${ids}::uuid[]) as parent(id) cross join lateral (
      select * from executions where parent_execution_id = parent.id order by created_at, id limit ${CHILDREN_SHOWN}
    ) as child`.execute(db);
  return rows;
}

async function assistantsOf(
  db: Database,
  executions: readonly Row<'executions'>[],
): Promise<Map<string, NamedAssistant>> {
  const ids = [...new Set(executions.flatMap(({ assistant_id }) => assistant_id ?? []))];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<NamedAssistant>`
    select assistant.id, assistant.name, assistant.slug,
      json_build_object('id', project.id, 'name', project.name, 'slug', project.slug) as project
    from assistants as assistant join projects as project on project.id = assistant.project_id
    where assistant.id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

async function stepsOf(
  db: Database,
  executions: readonly Row<'executions'>[],
  outputs: boolean,
): Promise<Map<string, StepRow[]>> {
  const rows: StepRow[] = await db
    .selectFrom('execution_steps')
    .select(outputs ? [...STEP_COLUMNS, 'output'] : STEP_COLUMNS)
    .where(
      'execution_id',
      'in',
      executions.map(({ id }) => id),
    )
    .orderBy('ordinal')
    .execute();
  return Map.groupBy(rows, (row) => row.execution_id);
}

async function contentObjectsOf(
  db: Database,
  executions: readonly Row<'executions'>[],
): Promise<Map<string, ContentObject[]>> {
  const wanted = executions.flatMap(({ id, organization_id, document_family_id, context }) =>
    document_family_id === null
      ? []
      : [{ id, organization_id, family_id: document_family_id, object_id: context.contentObjectId }],
  );
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<{ id: string; object: ContentObject }>`
    select wanted.id, object
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
      as wanted(id uuid, organization_id uuid, family_id text, object_id text)
    join document_families as family on family.organization_id = wanted.organization_id and family.id = wanted.family_id
    cross join lateral jsonb_array_elements(family.content_objects) as object
    where object ->> 'id' = wanted.object_id or object ->> 'executionId' = wanted.id::text`.execute(db);
  return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, found]) => [id, found.map(({ object }) => object)]));
}
