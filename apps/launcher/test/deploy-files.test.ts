import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRIC_CATALOGUE } from '@gantry/contracts/metric-catalogue';
import { Metrics } from '@gantry/service/metrics';
import { expect, onTestFinished, test } from 'vitest';
import { promtool } from './promtool.ts';

// What is in deploy/ fits what the apps tell.
const DEPLOY = new URL('../../../deploy/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, DEPLOY), 'utf8');

interface Panel {
  type: string;
  title: string;
  targets?: { expr: string }[];
}

const dashboard: { panels: Panel[] } = JSON.parse(read('grafana/gantry.json'));
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

async function knownMetrics(): Promise<Set<string>> {
  const text = await new Metrics('worker').scrape();
  const ofNode = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name ?? '');
  return new Set([...ofNode, ...Object.keys(METRIC_CATALOGUE)]);
}

test.each([
  ['the file of alerts', read('prometheus/alerts.yaml')],
  ['the dashboard', queries.join('\n')],
  ['the chart', read('helm/rendered/autoscaled.yaml')],
])('every metric that %s asks for is one that the apps have', async (_what, text) => {
  const known = await knownMetrics();
  const asked = [...text.matchAll(/\b(?:gantry|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);
  const unknown = asked.filter((name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')));
  expect(unknown).toEqual([]);
  expect(asked.length).toBeGreaterThan(0);
});

test('every panel has a title, and asks for something unless it is a heading', () => {
  for (const { type, title, targets = [] } of dashboard.panels) {
    expect(title).not.toBe('');
    if (type !== 'row') expect(targets.length).toBeGreaterThan(0);
  }
});

test('Prometheus takes the alerts, what is scraped, and what the dashboard asks for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const rules = queries.map((expr, index) => ({
    record: `panel:${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));
  writeFileSync(join(folder, 'panels.json'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
  const path = (name: string) => new URL(name, DEPLOY).pathname;
  await promtool(['check', 'rules', join(folder, 'panels.json')]);
  await promtool(['check', 'config', path('prometheus/scrape.yaml')]);
  await promtool(['test', 'rules', path('prometheus/alerts.test.yaml')]);
});
