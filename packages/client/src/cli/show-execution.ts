import type { Execution, Step } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { listText } from './list-options.ts';
import { durationText, instantText } from './show-time.ts';
import { textFields, textTable } from './text-table.ts';

const HEADS = ['id', 'status', 'priority', 'assistant', 'created', 'took', 'error'];

/** @param names of assistants, by id */
export function executionTable(page: Page<Execution>, names: ReadonlyMap<string, string>): string {
  return listText(page, HEADS, (execution) => rowOf(execution, names));
}

export function executionRows(executions: readonly Execution[], names: ReadonlyMap<string, string>): string {
  return textTable(
    HEADS,
    executions.map((execution) => rowOf(execution, names)),
  );
}

function rowOf(execution: Execution, names: ReadonlyMap<string, string>) {
  return [
    execution.id,
    execution.status,
    execution.priority,
    names.get(execution.assistantId ?? '') ?? execution.assistantId,
    instantText(execution.createdOn),
    durationText(execution.processingTime),
    execution.exceptionDetails?.message,
  ];
}

export function executionText(execution: Execution): string {
  const { exceptionDetails: error, pipeline } = execution;
  const fields = textFields({
    id: execution.id,
    status: execution.status,
    doing: doingText(execution),
    description: execution.description,
    priority: execution.priority,
    project: execution.projectId,
    assistant: execution.assistantId,
    family: execution.documentFamilyId,
    event: execution.eventId,
    parent: execution.parentExecutionId,
    'duplicate of': execution.duplicateOf,
    'reprocess of': execution.reprocessOf,
    created: instantText(execution.createdOn),
    started: instantText(execution.startDate),
    ended: instantText(execution.endDate),
    took: durationText(execution.processingTime),
    error: error && `${error.message} (${error.errorType})`,
    advice: error?.advice,
  });
  const { steps } = pipeline;
  return [fields, steps.length > 0 && stepTable(steps), outputText(execution.id, steps)].filter(Boolean).join('\n\n');
}

/** What an unfinished one waits for, or says that it is doing. */
function doingText({ endDate, statusDetails }: Execution): string | undefined {
  const message = endDate === null ? statusDetails?.['message'] : undefined;
  return typeof message === 'string' ? message : undefined;
}

/** What came of it all: the output of the last step that has one. */
function outputText(id: string, steps: readonly Step[]): string {
  const index = steps.findLastIndex((step) => step.outputId !== null);
  const output = steps[index]?.output;
  if (index < 0) return '';
  if (output === undefined)
    return `output\n(too large to be shown here: GET /api/executions/${id}/steps/${index}/output)`;
  return `output\n${JSON.stringify(output, null, 2)}`;
}

function stepTable(steps: readonly Step[]): string {
  const rows = steps.map((step, index) => [
    index + 1,
    stepName(step),
    step.status,
    step.attempt,
    durationText(step.processingTime),
    step.exceptionDetails?.message,
  ]);
  return textTable(['step', 'module', 'status', 'attempt', 'took', 'error'], rows);
}

export function stepName({ name, ref }: Pick<Step, 'name' | 'ref'>): string {
  return name ?? ref.replace('module://', '');
}
