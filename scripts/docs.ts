/**
 * Writes what the documents show of the code: `npm run docs`. With --check it only says which of them are not up to date,
 * and fails if one is not.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { alerts } from './docs/alerts.ts';
import { metricsPage } from './docs/metrics-page.ts';
import { appSettings, startSettings } from './docs/settings.ts';
import { statuses } from './docs/statuses.ts';

interface Generated {
  file: string;
  /** Between `<!-- name: ... -->` and `<!-- /name -->`; without it the whole file. */
  block?: string;
  text: string;
}

const GENERATED: readonly Generated[] = [
  { file: 'ARCHITECTURE.md', block: 'statuses', text: statuses() },
  { file: 'docs/metrics.md', text: metricsPage() },
  { file: 'docs/operations.md', block: 'alerts', text: alerts() },
  { file: 'docs/operations.md', block: 'settings', text: appSettings() },
  { file: 'docs/operations.md', block: 'start settings', text: startSettings() },
];

const check = process.argv.includes('--check');
for (const generated of GENERATED) {
  const file = new URL(`../${generated.file}`, import.meta.url);
  const before = read(file);
  const after = within(before, generated);
  if (after === before) continue;
  if (check) {
    console.error(`${generated.file} does not show what the code says: run "npm run docs".`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, after);
  }
}

function read(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function within(before: string, { file, block, text }: Generated): string {
  if (block === undefined) return text;
  const marked = new RegExp(`(<!-- ${block}: .*? -->\\n)[\\s\\S]*?(<!-- /${block} -->)`);
  if (!marked.test(before)) throw new Error(`${file} has lost the markers of its block "${block}"`);
  return before.replace(marked, (_block, open: string, close: string) => `${open}${text}${close}`);
}
