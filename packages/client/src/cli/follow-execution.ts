import type { Execution, Step } from '@gantry/contracts/http/execution';
import { waitTimeout } from '../gantry-error.ts';
import type { Session } from './session.ts';
import { stepName } from './show-execution.ts';
import { instantText } from './show-time.ts';

/**
 * Prints what happens to an execution until it has finished. @returns the execution as it is then
 * @throws GantryError WAIT_TIMEOUT
 */
export async function followExecution(
  { client, print }: Session,
  id: string,
  timeoutMs: number | undefined,
): Promise<Execution> {
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const seen = new Map<string, string>();
  try {
    for await (const change of client.executions.watch(id, { signal })) {
      const execution = await client.executions.get(id, { signal });
      print.part(change, () => newsOf(execution, seen).join('\n'));
    }
    return await client.executions.get(id, { outputs: true, signal });
  } catch (error) {
    throw timeoutMs !== undefined && signal?.aborted ? waitTimeout(id, timeoutMs) : error;
  }
}

/** What was not said before. */
function newsOf(execution: Execution, seen: Map<string, string>): string[] {
  const { steps } = execution.pipeline;
  const parts = [
    ...steps.map((step, index) => ({
      id: step.id,
      at: step.end ?? step.start,
      text: `step ${index + 1}/${steps.length} ${stepName(step)}: ${stepText(step)}`,
      silent: step.status === 'PENDING',
    })),
    { id: execution.id, at: execution.updatedOn, text: execution.status, silent: false },
  ];
  const news = parts.filter(({ id, text, silent }) => !silent && seen.get(id) !== text);
  for (const { id, text } of news) seen.set(id, text);
  return news.map(({ at, text }) => `${instantText(at ?? execution.updatedOn)}  ${text}`);
}

function stepText({ status, progress, progressMax, exceptionDetails }: Step): string {
  if (exceptionDetails !== null) return `${status} (${exceptionDetails.message})`;
  if (status !== 'RUNNING' || progress === null) return status;
  return progressMax === null ? `${status} ${progress}` : `${status} ${progress}/${progressMax}`;
}
