import type { Json, JsonObject } from './json.ts';
import type { StepDefinition } from './pipeline.ts';
import type { StepStatus } from './step-status.ts';

/** What became of the steps of an execution, and what the new one is to be. Steps are counted from 0. */
export interface Restart {
  original: readonly StepDefinition[];
  /** Of the original's steps, in order. */
  statuses: readonly StepStatus[];
  /** What the new execution runs: the original's steps, or the assistant's as they are now. */
  steps: readonly StepDefinition[];
  /** Null: the first step that did not succeed; the first of all, if every one did. */
  fromStep: number | null;
  /** By the number of a step that runs: options in place of its own. */
  options: Readonly<Record<string, JsonObject>>;
}

export type RestartDecision =
  | { ok: true; fromStep: number; steps: StepDefinition[] }
  | { ok: false; refusal: RestartRefusal };

/** The first step that stands in the way. */
export interface RestartRefusal {
  code: 'STEP_UNKNOWN' | 'STEP_NOT_REUSABLE' | 'PIPELINE_DIFFERS';
  /** What was asked for and cannot be. */
  field: string;
  message: string;
}

/** Whether an execution can begin anew at a step: those before it must have an outcome, and be the same in both pipelines. */
export function decideRestart({ original, statuses, steps, options, ...wanted }: Restart): RestartDecision {
  const fromStep = wanted.fromStep ?? firstToRepeat(statuses);
  if (fromStep > 0 && fromStep >= steps.length) {
    return refuse('STEP_UNKNOWN', 'fromStep', `expected a step of the pipeline, which has ${steps.length}`);
  }
  for (let step = 0; step < fromStep; step += 1) {
    const status = statuses[step] ?? 'PENDING';
    if (!isReusable(status)) {
      return refuse('STEP_NOT_REUSABLE', 'fromStep', `Step ${step} is ${status}: it has no outcome to go on from.`);
    }
    const difference = differenceOf(original[step], steps[step]);
    if (difference) {
      return refuse('PIPELINE_DIFFERS', 'fromStep', `Step ${step} has ${difference} than when it ran: start there.`);
    }
  }
  for (const key of Object.keys(options)) {
    const step = Number(key);
    if (!(step < steps.length)) return refuse('STEP_UNKNOWN', `options.${key}`, 'there is no such step');
    if (step < fromStep) return refuse('STEP_UNKNOWN', `options.${key}`, 'the step does not run again');
  }
  return {
    ok: true,
    fromStep,
    steps: steps.map((step, index) => ({ ...step, options: options[index] ?? step.options })),
  };
}

function firstToRepeat(statuses: readonly StepStatus[]): number {
  return Math.max(
    statuses.findIndex((status) => !isReusable(status)),
    0,
  );
}

function isReusable(status: StepStatus): boolean {
  return status === 'SUCCEEDED' || status === 'SKIPPED';
}

/** What decides how a step runs. Both come from the record, which keeps the members of objects in one order. */
function differenceOf(original: StepDefinition | undefined, step: StepDefinition | undefined): string | undefined {
  if (original?.ref !== step?.ref) return 'another module';
  if (!same(original?.options ?? {}, step?.options ?? {})) return 'other options';
  if (!same(original?.conditional ?? '', step?.conditional ?? '')) return 'another conditional';
  return undefined;
}

function same(left: Json, right: Json): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function refuse(code: RestartRefusal['code'], field: string, message: string): RestartDecision {
  return { ok: false, refusal: { code, field, message } };
}
