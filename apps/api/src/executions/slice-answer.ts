import type { ExecutionSlice } from '@gantry/contracts/http/execution-slice';
import type { SliceState } from '@gantry/domain/execution-state';
import { isStepFinished, type StepStatus, stepStatusFromValue } from '@gantry/domain/step-status';
import type { StepRow } from '@gantry/record/executions/execution-view';
import type { Row } from '@gantry/record/schema/tables';

/** The slices of an execution as clients read them; none before it is planned. What they become, their steps say. */
export function sliceAnswers(execution: Row<'executions'>, steps: readonly StepRow[]): ExecutionSlice[] {
  return execution.slices.map((slice, order) => {
    const own = steps.filter(
      ({ ordinal }) => ordinal >= slice.firstStep && ordinal < slice.firstStep + slice.stepCount,
    );
    const begun = own.map((step) => stepStatusFromValue(step.status));
    // A step has a row once it has begun.
    const status = statusOf([...begun, ...Array<StepStatus>(slice.stepCount - begun.length).fill('PENDING')]);
    const completedAt = completedAtOf(slice, status, execution.finished_at);
    return {
      sliceOrder: order,
      attemptNumber: slice.attempt,
      status,
      moduleRuntimeRef: slice.runtime,
      // A slice is queued when the one before it is over.
      queuedAt: instant(order === 0 ? slice.queuedAt : (execution.slices[order - 1]?.finishedAt ?? null)),
      leasedAt: instant(slice.leasedAt),
      startedAt: instant(slice.startedAt),
      completedAt: instant(completedAt),
      durationMs: completedAt !== null && slice.startedAt !== null ? completedAt - slice.startedAt : null,
      workerId: slice.workerId,
      errorMessage: own.find((step) => step.exception_details !== null)?.exception_details?.message ?? null,
    };
  });
}

function statusOf(steps: readonly StepStatus[]): StepStatus {
  if (steps.includes('FAILED')) return 'FAILED';
  if (steps.includes('CANCELLED')) return 'CANCELLED';
  if (steps.every(isStepFinished)) return steps.includes('SUCCEEDED') ? 'SUCCEEDED' : 'SKIPPED';
  return steps.some((step) => step !== 'PENDING') ? 'RUNNING' : 'PENDING';
}

/** One that was begun and then stopped from outside was over with its execution. */
function completedAtOf(slice: SliceState, status: StepStatus, executionEnd: Date | null): number | null {
  if (slice.finishedAt !== null) return slice.finishedAt;
  return slice.startedAt !== null && isStepFinished(status) ? (executionEnd?.getTime() ?? null) : null;
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
