/**
 * Writes the status table and diagram of ARCHITECTURE.md from the domain's const table; with --check it only says
 * whether the document is up to date, and fails if not.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { EXECUTION_STATUSES, executionStatusNames } from '@gantry/domain/status';

const FILE = new URL('../ARCHITECTURE.md', import.meta.url);
const BLOCK = /(<!-- statuses: .*? -->\n)[\s\S]*?(<!-- \/statuses -->)/;

const rows = executionStatusNames.map((name) => {
  const { value, meaning } = EXECUTION_STATUSES[name];
  return `| ${name} | ${value} | ${meaning} |`;
});
const arrows = executionStatusNames.flatMap((from) =>
  EXECUTION_STATUSES[from].mayBecome.map((to) => `    ${from} --> ${to}`),
);
const generated = [
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

const before = readFileSync(FILE, 'utf8');
if (!BLOCK.test(before)) throw new Error('ARCHITECTURE.md has lost the markers of its status block');
const after = before.replace(BLOCK, (_block, open: string, close: string) => `${open}${generated}${close}`);
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('ARCHITECTURE.md does not show the statuses as they are: run "npm run docs".');
    process.exit(1);
  }
} else {
  writeFileSync(FILE, after);
}
