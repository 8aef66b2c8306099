import type { ExecutionJob, StepInput } from '@gantry/contracts/execution-job';
import { statusValues } from '@gantry/domain/status';
import { isStepFinished, stepStatusFromValue } from '@gantry/domain/step-status';
import type { Tx } from '../connection/database.ts';
import { executionJob } from '../executions/execution-job.ts';
import { familiesOf } from '../families/families-of.ts';
import type { Row } from '../schema/tables.ts';

const NO_INPUT: StepInput = { output: null, outputRef: null, outputId: null };

/**
 * What the planner needs to plan executions anew: the next epoch, from the first step not succeeded in the record.
 * Their rows are locked; those that are no longer PENDING or RUNNING, or whose epoch moved on, are left out.
 */
export async function replanJobs(tx: Tx, wanted: readonly { id: string; epoch: number }[]): Promise<ExecutionJob[]> {
  if (wanted.length === 0) return [];
  const ids = wanted.map(({ id }) => id).sort();
  const epochs = new Map(wanted.map(({ id, epoch }) => [id, epoch]));
  const executions = await tx
    .selectFrom('executions')
    .selectAll()
    .where('id', 'in', ids)
    .where('status', 'in', statusValues(['PENDING', 'RUNNING']))
    .where('stop_reason', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  if (executions.length === 0) return [];
  const steps = await tx
    .selectFrom('execution_steps')
    .selectAll()
    .where('execution_id', 'in', ids)
    .orderBy('ordinal')
    .execute();
  const stepsOf = Map.groupBy(steps, (step) => step.execution_id);
  const familyOf = await familiesOf(tx, executions);
  return executions
    .filter((execution) => execution.epoch === epochs.get(execution.id))
    .map((execution) =>
      executionJob(execution, familyOf(execution), {
        epoch: execution.epoch + 1,
        ...resumeAt(stepsOf.get(execution.id) ?? []),
      }),
    );
}

function resumeAt(steps: readonly Row<'execution_steps'>[]): { firstStep: number; input: StepInput } {
  const open = steps.findIndex((step, index) => step.ordinal !== index || !isDone(step));
  const done = open === -1 ? steps : steps.slice(0, open);
  const last = done.findLast((step) => stepStatusFromValue(step.status) === 'SUCCEEDED');
  const input = last ? { output: last.output, outputRef: last.output_ref, outputId: last.output_id } : NO_INPUT;
  return { firstStep: done.length, input };
}

function isDone(step: Row<'execution_steps'>): boolean {
  const status = stepStatusFromValue(step.status);
  return isStepFinished(status) && status !== 'FAILED' && status !== 'CANCELLED';
}
