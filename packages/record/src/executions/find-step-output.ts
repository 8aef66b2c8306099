import type { Json } from '@gantry/domain/json';
import { statusFromValue } from '@gantry/domain/status';
import { type StepStatus, stepStatusFromValue, untouchedStep } from '@gantry/domain/step-status';
import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export interface StepOutput {
  status: StepStatus;
  /** Null before there is an output. */
  outputId: string | null;
  /** Inline, unless the content store keeps it. */
  output: Json;
  outputRef: string | null;
}

/**
 * What a step gave.
 * @param execution its row
 * @param ordinal counted from 0
 * @returns undefined when the pipeline has no such step
 */
export async function findStepOutput(
  db: Database,
  execution: Pick<Row<'executions'>, 'id' | 'pipeline' | 'status'>,
  ordinal: number,
): Promise<StepOutput | undefined> {
  if (ordinal >= execution.pipeline.steps.length) return undefined;
  const row = await db
    .selectFrom('execution_steps')
    .select(['status', 'output', 'output_ref', 'output_id'])
    .where('execution_id', '=', execution.id)
    .where('ordinal', '=', ordinal)
    .executeTakeFirst();
  if (row === undefined) {
    return { status: untouchedStep(statusFromValue(execution.status)), output: null, outputRef: null, outputId: null };
  }
  const status = stepStatusFromValue(row.status);
  return { status, output: row.output, outputRef: row.output_ref, outputId: row.output_id };
}
