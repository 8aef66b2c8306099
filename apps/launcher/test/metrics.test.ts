import { METRIC_CATALOGUE, type MetricDefinition } from '@gantry/contracts/metric-catalogue';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { promtool } from './promtool.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';

// What the processes of a system tell after some work.
let redis: FreshRedis;
let gantry: TestSystem;
/** By app. */
const scraped = new Map<string, string>();

/** Only told once something has gone wrong that does not go wrong here. */
const RARE = ['gantry_leases_lost_total'];

beforeAll(async () => {
  redis = await freshRedis();
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1 });
  await gantry.assistant('good', [{ ref: 'module://gantry/noop' }]);
  const failing = { ref: 'module://gantry/fail', executionPolicy: { maxAttempts: 2 } };
  await gantry.assistant('bad', [failing]);
  const good = await gantry.contentCreated('good', 'a');
  const bad = await gantry.contentCreated('bad', 'b');
  await gantry.reaches(good.executions[0]?.id ?? '', 'SUCCEEDED');
  await gantry.reaches(bad.executions[0]?.id ?? '', 'FAILED');
  await gantry.leader();
  for (const { name, url } of gantry.system.processes) {
    const text = await (await fetch(`${url}/metrics`)).text();
    scraped.set(name.replace(/-.*/, ''), text);
  }
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
});

const CATALOGUE = Object.entries<MetricDefinition>(METRIC_CATALOGUE);

test.each(['api', 'scheduler', 'worker'] as const)('the %s has the metrics of the catalogue and no others', (app) => {
  const text = scraped.get(app) ?? '';
  const helped = [...text.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name ?? '');
  const typed = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name ?? '');
  expect(helped).toEqual(typed);
  const own = CATALOGUE.filter(([, { apps }]) => apps.includes(app));
  expect(helped.filter((name) => !/^(process|nodejs)_/.test(name)).sort()).toEqual(own.map(([name]) => name).sort());
  const told = new Set([...text.matchAll(/^(gantry_\w+?)(?:_bucket|_sum|_count)?\{/gm)].map(([, name]) => name));
  const silent = own.map(([name]) => name).filter((name) => !told.has(name));
  expect(silent.filter((name) => !RARE.includes(name))).toEqual([]);
});

test('executions are told by status, assistant and event type, attempts by module and result', () => {
  const scheduler = scraped.get('scheduler') ?? '';
  expect(scheduler).toMatch(
    /^gantry_executions_finished_total\{status="FAILED",assistant="[0-9a-f-]{36}",event_type="CONTENT_CREATED",app="scheduler"\} 1$/m,
  );
  expect(scheduler).toMatch(/^gantry_runtime_workers\{runtime="gantry\/default",app="scheduler"\} 1$/m);
  const worker = scraped.get('worker') ?? '';
  expect(worker).toContain(
    'gantry_step_attempts_total{module="module://gantry/fail",result="failed",app="worker"} 2\n',
  );
  expect(worker).toContain('gantry_step_retries_total{module="module://gantry/fail",app="worker"} 1\n');
  expect(worker).toContain('gantry_worker_slots{runtime="gantry/default",app="worker"} 8\n');
});

test('the scheduler tells what runtimes have to do while it leads', async () => {
  const leader = await gantry.leader();
  await waitFor(async () =>
    /^gantry_journal_entries\{app="scheduler"\} 0$/m.test(await (await fetch(`${leader.url}/metrics`)).text()),
  );
});

test('promtool has nothing to say against them', async () => {
  for (const text of scraped.values()) await promtool(['check', 'metrics'], text);
});
