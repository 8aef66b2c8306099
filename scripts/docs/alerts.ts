import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const FILE = new URL('../../deploy/prometheus/alerts.yaml', import.meta.url);

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          labels: z.object({ severity: z.string() }),
          annotations: z.object({ description: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

/** A row for each alert: what it means, and what to do. */
export function alerts(): string {
  const { groups } = rules.parse(parse(readFileSync(FILE, 'utf8')));
  const rows = groups
    .flatMap((group) => group.rules)
    .map(({ alert, labels, annotations: { description, runbook } }) => {
      return `| \`${alert}\` | ${labels.severity} | ${description} | ${runbook} |`;
    });
  return ['| alert | severity | meaning | what to do |', '|---|---|---|---|', ...rows, ''].join('\n');
}
