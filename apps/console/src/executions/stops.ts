import type { Execution, Step } from '@gantry/contracts/http/execution';

/** Executions of one assistant that stopped at the same step: the same options mend them all. */
export interface Stop {
  /** Null: a pipeline of their own. */
  assistantId: string | null;
  /** Counted from 0. */
  step: number;
  ref: string;
  executions: readonly Execution[];
}

/** Where each stopped, those with most executions first. */
export function stopsOf(executions: readonly Execution[]): readonly Stop[] {
  const stops = new Map<string, Stop>();
  for (const execution of executions) {
    const step = stoppedAt(execution.pipeline.steps);
    const ref = execution.pipeline.steps[step]?.ref;
    if (ref === undefined) continue;
    const key = `${execution.assistantId} ${step} ${ref}`;
    const before = stops.get(key)?.executions ?? [];
    stops.set(key, { assistantId: execution.assistantId, step, ref, executions: [...before, execution] });
  }
  return [...stops.values()].toSorted((one, other) => other.executions.length - one.executions.length);
}

/** A filter has room for so many ids. */
const MOST_IDS = 80;

/** The conditions, all to hold, that choose those which stopped there for a reason that was seen. */
export function conditionsOf({ assistantId, executions }: Stop): readonly string[] {
  const whose = assistantId === null ? 'assistantId is null' : `assistantId eq '${assistantId}'`;
  const groups = new Set(executions.map(({ failureGroup }) => failureGroup));
  const isOfReasons = !groups.has(null) && groups.size <= MOST_IDS;
  const [field, values] = isOfReasons
    ? ['failureGroup', [...groups]]
    : ['id', executions.slice(0, MOST_IDS).map(({ id }) => id)];
  return [whose, `${field} in (${values.map((value) => `'${value}'`).join(',')})`];
}

/** The first step that a restart would run. */
function stoppedAt(steps: readonly Step[]): number {
  return Math.max(
    steps.findIndex(({ status }) => status !== 'SUCCEEDED' && status !== 'SKIPPED'),
    0,
  );
}
