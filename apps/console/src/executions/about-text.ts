import type { Execution } from '@gantry/contracts/http/execution';
import { stepName } from '../step-name.ts';

/** Of the context: what Gantry itself puts there. */
const OWN = new Set([
  ...['eventType', 'documentFamilyId', 'contentObjectId', 'storeId', 'channelId', 'messageId', 'taskId'],
  ...['taxonomyRefs', 'completeLabel', 'path', 'scheduleId', 'scheduleSlot'],
]);

const MOST_FACTS = 3;
const LONGEST_FACT = 60;

type Described = Pick<Execution, 'description' | 'context' | 'pipeline'>;

/**
 * What tells an execution from the others: its document, else what is said of it, else what its event carried, else
 * its steps.
 * @param path of its document, where that is known
 */
export function aboutText({ description, context, pipeline }: Described, path: string | undefined): string {
  const own = context['path'];
  const said = path ?? (typeof own === 'string' ? own : description) ?? dataText(context);
  return said ?? pipeline.steps.map(stepName).join(', ');
}

function dataText(context: Execution['context']): string | undefined {
  const facts = Object.entries(context).flatMap(([name, value]) => {
    const text = OWN.has(name) ? undefined : textOf(value);
    return text === undefined ? [] : `${name} ${text}`;
  });
  const task = textOf(context['taskId']);
  const all = task === undefined ? facts : [`task ${task}`, ...facts];
  return all.length === 0 ? undefined : all.slice(0, MOST_FACTS).join(', ');
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_FACT ? value : undefined;
}
