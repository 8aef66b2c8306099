import { EXECUTION_STATUSES, executionStatusNames } from '@gantry/domain/status';

/** The table of statuses and the diagram of how they follow each other. */
export function statuses(): string {
  const rows = executionStatusNames.map((name) => {
    const { value, meaning } = EXECUTION_STATUSES[name];
    return `| ${name} | ${value} | ${meaning} |`;
  });
  const arrows = executionStatusNames.flatMap((from) =>
    EXECUTION_STATUSES[from].mayBecome.map((to) => `    ${from} --> ${to}`),
  );
  return [
    '| status | value | meaning |',
    '|---|---|---|',
    ...rows,
    '',
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> PENDING',
    '    [*] --> REQUESTED',
    '    [*] --> SKIPPED',
    ...arrows,
    '```',
    '',
  ].join('\n');
}
