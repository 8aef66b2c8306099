import type { FilterTest, FilterValue } from '@gantry/domain/filter/filter-node';
import { refSpellings } from '@gantry/domain/module-ref';
import {
  EXECUTION_STATUSES,
  executionStatusNames,
  FINISHED_STATUSES,
  statusValues,
  UNFINISHED_STATUSES,
} from '@gantry/domain/status';
import { STEP_STATUSES, untouchedStep } from '@gantry/domain/step-status';
import { type RawBuilder, sql } from 'kysely';
import { containment, contains, ofEquality } from './containment.ts';
import type { FieldTable } from './field-table.ts';

const statusNumbers = Object.fromEntries(
  Object.entries(EXECUTION_STATUSES).map(([word, status]) => [word, status.value]),
);

function column(name: string): RawBuilder<unknown> {
  return sql.ref(`executions.${name}`);
}

/** Some step passes the test of its status: of those that have a row, and of those that nothing was written of. */
function someStep(test: RawBuilder<boolean>, node: FilterTest): RawBuilder<boolean> {
  const ofExecution = sql`from execution_steps where execution_steps.execution_id = executions.id`;
  const begun = sql<boolean>`exists (select ${ofExecution} and ${test})`;
  if (node.kind === 'one-of' && !node.values.some((value) => OF_UNTOUCHED.includes(value))) return begun;
  return sql`(${begun} or (
    exists (select from (values (${UNTOUCHED})) as execution_steps(status) where ${test})
    and (select count(*) ${ofExecution}) < coalesce(jsonb_array_length(executions.pipeline -> 'steps'), 0)
  ))`;
}

/** What clients read of a step without a row. */
const UNTOUCHED = sql.raw(
  `case executions.status ${executionStatusNames
    .map((name) => `when ${EXECUTION_STATUSES[name].value} then ${STEP_STATUSES[untouchedStep(name)]}`)
    .join(' ')} end`,
);
const OF_UNTOUCHED: readonly FilterValue[] = executionStatusNames.map((name) => STEP_STATUSES[untouchedStep(name)]);

/** The statuses of steps whose execution may have succeeded. */
const OF_SUCCESS: readonly FilterValue[] = [STEP_STATUSES.SUCCEEDED, STEP_STATUSES.SKIPPED];

/**
 * A step that failed is kept of its execution, too; one that waits is of an unfinished execution, and others that did not
 * end well are of those alone that did not succeed.
 */
function someBadStep(node: FilterTest, test: RawBuilder<boolean>): RawBuilder<boolean> | undefined {
  if (node.kind !== 'one-of' || node.values.length === 0) return undefined;
  if (node.values.some((value) => OF_SUCCESS.includes(value))) return undefined;
  if (node.values.every((value) => value === STEP_STATUSES.FAILED)) return sql`executions.failed_step is not null`;
  if (node.values.every((value) => value === STEP_STATUSES.PENDING)) return sql`${UNFINISHED} and ${test}`;
  return sql`${UNSUCCESSFUL} and ${test}`;
}

/** A step's ref in either spelling, of the pipeline as it was frozen into the execution, passes the test. */
function somePipelineRef(test: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql`exists (
    select from jsonb_path_query(executions.pipeline, '$.steps[*].ref') as said(ref),
      lateral regexp_replace(said.ref #>> '{}', '^module://', '') as bare,
      lateral (values (bare), ('module://' || bare)) as step(ref)
    where ${test})`;
}

/** The index of values holds finished executions; the others, looked at one by one, are found by their status. */
function finishedBy(contained: RawBuilder<boolean> | undefined, test: RawBuilder<boolean>) {
  return contained && sql<boolean>`((${FINISHED} and ${contained}) or (${UNFINISHED} and ${test}))`;
}

// Written out, not as parameters: that is how Postgres recognizes the condition of an index.
const FINISHED = sql.raw(`executions.status in (${statusValues(FINISHED_STATUSES).join()})`);
const UNFINISHED = sql.raw(`executions.status in (${statusValues(UNFINISHED_STATUSES).join()})`);
const UNSUCCESSFUL = sql.raw(
  `executions.status in (${statusValues(executionStatusNames.filter((name) => name !== 'SUCCEEDED')).join()})`,
);
/** Has no end: an unfinished one, which few are. No finished one should, and an index of such says that there are none. */
const WITHOUT_END = sql<boolean>`(${UNFINISHED} or (${FINISHED} and executions.finished_at is null))`;
const REFS = sql`jsonb_path_query_array(executions.pipeline, '$.steps[*].ref')`;

function refInPipeline(node: FilterTest): RawBuilder<boolean> | undefined {
  const contained = ofEquality(
    node,
    inEitherSpelling((ref) => contains(REFS, [ref])),
  );
  // Says the same, in other words: of the same words Postgres would not see that one part is for the index.
  const test = ofEquality(
    node,
    inEitherSpelling((ref) => contains(column('pipeline'), { steps: [{ ref }] })),
  );
  return contained && test && finishedBy(contained, test);
}

function inEitherSpelling(has: (ref: string) => RawBuilder<boolean>): (ref: FilterValue) => RawBuilder<boolean> {
  return (ref) => sql`${sql.join(refSpellings(String(ref)).map(has), sql` or `)}`;
}

/** Steps have the refs of their definitions in the pipeline. */
const stepRef = { kind: 'text', sql: sql`step.ref`, some: somePipelineRef, indexed: refInPipeline } as const;

function json(name: string) {
  const indexed = (node: FilterTest, test: RawBuilder<boolean>) => finishedBy(containment(node, column(name)), test);
  return { kind: 'json', sql: column(name), indexed } as const;
}

/** What executions can be filtered and sorted by. For queries that read `executions` under its own name. */
export const executionFields = {
  id: { kind: 'uuid', sql: column('id') },
  uuid: { kind: 'uuid', sql: column('id') },
  changeSequence: { kind: 'number', sql: column('change_sequence') },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
  description: { kind: 'text', sql: column('description'), nullable: true },
  organizationId: { kind: 'uuid', sql: column('organization_id'), thenBy: 'createdOn' },
  projectId: { kind: 'uuid', sql: column('project_id'), nullable: true, thenBy: 'createdOn' },
  assistantId: { kind: 'uuid', sql: column('assistant_id'), nullable: true, nullsIndexed: true, thenBy: 'createdOn' },
  documentFamilyId: { kind: 'text', sql: column('document_family_id'), nullable: true, mostlyUuids: true },
  parentExecutionId: { kind: 'uuid', sql: column('parent_execution_id'), nullable: true },
  eventId: { kind: 'uuid', sql: column('event_id'), nullable: true },
  reprocessOf: { kind: 'uuid', sql: column('reprocess_of'), nullable: true },
  duplicateOf: { kind: 'uuid', sql: column('duplicate_of'), nullable: true },
  status: { kind: 'words', words: statusNumbers, sql: column('status'), thenBy: 'createdOn' },
  priority: { kind: 'number', sql: column('priority') },
  startDate: { kind: 'date', sql: column('started_at'), nullable: true },
  endDate: { kind: 'date', sql: column('finished_at'), nullable: true, absent: WITHOUT_END },
  /** Milliseconds. */
  processingTime: { kind: 'number', sql: column('processing_time_ms'), nullable: true },
  failureGroup: { kind: 'uuid', sql: column('failure_group'), nullable: true },
  loggingEnabled: { kind: 'boolean', sql: column('logging_enabled') },
  deleteLoggingOnSuccess: { kind: 'boolean', sql: column('delete_logging_on_success') },
  targets: { kind: 'text', sql: column('targets'), nullable: true },
  session: { kind: 'text', sql: column('session'), nullable: true },
  context: json('context'),
  parameters: json('parameters'),
  'pipeline.ref': stepRef,
  'steps.ref': stepRef,
  'steps.status': {
    kind: 'words',
    words: STEP_STATUSES,
    sql: sql`execution_steps.status`,
    some: someStep,
    indexed: someBadStep,
  },
} as const satisfies FieldTable;
