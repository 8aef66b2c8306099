import type { AlertInput } from '@gantry/contracts/http/alert';

export type Condition = AlertInput['condition'];

/** What can be watched, as people say it. */
export const KINDS: Readonly<Record<Condition['kind'], string>> = {
  'assistant-failing': 'An assistant fails often',
  'nothing-succeeded': 'Nothing succeeds',
  waiting: 'Work waits long for a worker',
  'no-workers': 'No worker serves a runtime',
};

/** When a condition holds, in a sentence. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'assistant-failing':
      return `more than ${condition.failures} executions of an assistant fail within ${condition.minutes} min`;
    case 'nothing-succeeded':
      return `nothing succeeds for ${condition.minutes} min`;
    case 'waiting':
      return `a slice waits more than ${condition.seconds} s for ${condition.runtimeRef ?? 'a worker'}`;
    case 'no-workers':
      return `no worker serves ${condition.runtimeRef ?? 'a runtime with work'} for ${condition.minutes ?? 1} min`;
  }
}
