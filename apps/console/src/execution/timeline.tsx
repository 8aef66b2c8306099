import type { Execution } from '@gantry/contracts/http/execution';
import type { ExecutionSlice } from '@gantry/contracts/http/execution-slice';
import type { StepAttempt } from '@gantry/contracts/http/step-attempt';
import { durationText } from '../instant.tsx';
import { toneOf } from '../status.tsx';
import { stepName } from '../step-name.ts';

interface TimelineProps {
  execution: Execution;
  slices: readonly ExecutionSlice[];
  attempts: readonly StepAttempt[];
  /** Of the step that is shown below. */
  chosen: number;
  onChoose: (step: number) => void;
  nowMs: number;
}

interface Bar {
  fromMs: number;
  toMs: number;
  tone: string;
  label: string;
  waiting?: boolean;
}

const OUTCOME_TONES: Readonly<Record<StepAttempt['outcome'], string>> = {
  RUNNING: 'busy',
  SUCCEEDED: 'ok',
  FAILED: 'bad',
  TIMED_OUT: 'bad',
  CRASHED: 'bad',
  ABORTED: 'off',
  LOST: 'wait',
};

/** Where the lines across the tracks stand. */
const QUARTERS = [0, 0.25, 0.5, 0.75] as const;

/** When the execution waited, and when each attempt of each step ran, on which worker. Steps are chosen here. */
export function Timeline({ execution, slices, attempts, chosen, onChoose, nowMs }: TimelineProps) {
  const beganMs = Date.parse(execution.createdOn);
  const endMs = Math.max(execution.endDate === null ? nowMs : Date.parse(execution.endDate), beganMs + 1);
  const { steps } = execution.pipeline;
  const order = slices.toSorted((one, other) => one.sliceOrder - other.sliceOrder);
  const waits = order.flatMap((slice) => waitOf(slice, endMs));
  const firstMs = waits[0]?.toMs ?? endMs;
  const planned: Bar = {
    fromMs: beganMs,
    toMs: waits[0]?.fromMs ?? firstMs,
    tone: 'wait',
    label: 'Waited to be planned',
    waiting: true,
  };
  const waited = [planned, ...waits];
  const track = (bars: readonly Bar[]) => (
    <div className="gantt-track">
      {bars.map(({ fromMs, toMs, tone, label, waiting = false }) => (
        <span
          key={`${fromMs} ${label}`}
          className="gantt-bar"
          data-tone={tone}
          data-wait={waiting}
          title={`${label}, ${durationText(toMs - fromMs)}`}
          style={{
            left: `${(100 * (fromMs - beganMs)) / (endMs - beganMs)}%`,
            width: `${(100 * Math.max(toMs - fromMs, 0)) / (endMs - beganMs)}%`,
          }}
        />
      ))}
    </div>
  );
  return (
    <div className="gantt">
      <div className="gantt-row">
        <span className="muted" style={{ padding: '5px 8px' }}>
          Queue
        </span>
        {track(waited)}
        <span className="muted gantt-took">
          {durationText(waited.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0))}
        </span>
      </div>
      {order.length > 1 && (
        <div className="gantt-row">
          <span className="muted" style={{ padding: '5px 8px' }}>
            Slices
          </span>
          {track(order.flatMap((slice) => runOf(slice, endMs)))}
          <span className="muted gantt-took">{order.length}</span>
        </div>
      )}
      {steps.map((step, index) => (
        <div className="gantt-row" key={step.id}>
          <button
            type="button"
            className="gantt-name"
            aria-pressed={chosen === index}
            onClick={() => onChoose(index)}
            title={step.ref}
          >
            <span className="status" data-tone={toneOf(step.status)} data-hollow={step.status === 'PENDING'}>
              {stepName(step)}
            </span>
          </button>
          {track(
            barsOf(
              step,
              attempts.filter((attempt) => attempt.step === index),
              endMs,
            ),
          )}
          <span className={step.reusedFrom === null ? 'gantt-took' : 'gantt-took muted'}>
            {step.reusedFrom === null ? durationText(step.processingTime ?? elapsedMs(step, nowMs)) : 'taken over'}
          </span>
        </div>
      ))}
      <div className="gantt-row muted" aria-hidden="true">
        <span />
        <span className="gantt-axis">
          {QUARTERS.map((quarter) => (
            <span key={quarter}>{durationText(quarter * (endMs - beganMs))}</span>
          ))}
        </span>
        <span className="gantt-took">{durationText(endMs - beganMs)}</span>
      </div>
    </div>
  );
}

/** Of a step that runs: how long by now. */
function elapsedMs({ start, end, status }: Execution['pipeline']['steps'][number], nowMs: number): number | null {
  return status === 'RUNNING' && start !== null && end === null ? Math.max(nowMs - Date.parse(start), 0) : null;
}

/** From the moment a worker could have taken the slice until one did. */
function waitOf({ sliceOrder, queuedAt, startedAt, moduleRuntimeRef }: ExecutionSlice, endMs: number): readonly Bar[] {
  if (queuedAt === null) return [];
  const toMs = startedAt === null ? endMs : Date.parse(startedAt);
  const label = `Slice ${sliceOrder + 1} waited for a worker of ${moduleRuntimeRef}`;
  return [{ fromMs: Math.min(Date.parse(queuedAt), toMs), toMs, tone: 'wait', label, waiting: true }];
}

function runOf({ sliceOrder, startedAt, completedAt, status, ...by }: ExecutionSlice, endMs: number): readonly Bar[] {
  if (startedAt === null) return [];
  const toMs = completedAt === null ? endMs : Date.parse(completedAt);
  const worker = by.workerId === null ? '' : ` on ${by.workerId}`;
  const label = `Slice ${sliceOrder + 1} of ${by.moduleRuntimeRef}${worker}`;
  return [{ fromMs: Date.parse(startedAt), toMs, tone: toneOf(status), label }];
}

function barsOf(
  step: Execution['pipeline']['steps'][number],
  attempts: readonly StepAttempt[],
  endMs: number,
): readonly Bar[] {
  if (attempts.length === 0) {
    if (step.start === null) return [];
    const toMs = step.end === null ? endMs : Date.parse(step.end);
    return [{ fromMs: Date.parse(step.start), toMs, tone: toneOf(step.status), label: step.status }];
  }
  const inOrder = attempts.toSorted((one, other) => one.number - other.number);
  return inOrder.flatMap((attempt, index): Bar[] => {
    const fromMs = Date.parse(attempt.startedAt);
    const toMs = attempt.finishedAt === null ? endMs : Date.parse(attempt.finishedAt);
    const before = inOrder[index - 1]?.finishedAt;
    const worker = attempt.workerId === null ? '' : ` on ${attempt.workerId}`;
    const label = `Attempt ${attempt.number}: ${attempt.outcome.toLowerCase().replace('_', ' ')}${worker}`;
    const run: Bar = { fromMs: Math.min(fromMs, endMs), toMs, tone: OUTCOME_TONES[attempt.outcome], label };
    if (before == null || Date.parse(before) >= fromMs) return [run];
    return [
      { fromMs: Date.parse(before), toMs: fromMs, tone: 'wait', label: 'Paused before another attempt', waiting: true },
      run,
    ];
  });
}
