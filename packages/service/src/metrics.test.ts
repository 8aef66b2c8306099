import { setImmediate } from 'node:timers/promises';
import { LABEL_VALUES_KEPT } from '@gantry/contracts/metric-catalogue';
import { expect, test } from 'vitest';
import { Metrics } from './metrics.ts';

test('a label keeps so many values; what comes after them counts as other', async () => {
  const metrics = new Metrics('worker');
  for (let module = 0; module < LABEL_VALUES_KEPT + 20; module += 1) {
    metrics.count('gantry_step_retries_total', { module: `m${module}` });
  }
  const text = await metrics.scrape();
  expect(text.match(/^gantry_step_retries_total\{/gm)).toHaveLength(LABEL_VALUES_KEPT + 1);
  expect(text).toContain('gantry_step_retries_total{module="other",app="worker"} 20\n');
});

test('what cannot be read for a scrape takes nothing else along', async () => {
  const metrics = new Metrics('worker');
  metrics.beforeScrape(() => Promise.reject(new Error('Redis is away')));
  metrics.beforeScrape(async () => metrics.set('gantry_worker_slots', [[{ runtime: 'a/b' }, 4]]));
  expect(await metrics.scrape()).toContain('gantry_worker_slots{runtime="a/b",app="worker"} 4\n');
});

test('a gauge tells of what is there now', async () => {
  const metrics = new Metrics('worker');
  metrics.set('gantry_worker_slots', [[{ runtime: 'a/b' }, 4]]);
  metrics.set('gantry_worker_slots', [[{ runtime: 'c/d' }, 8]]);
  const text = await metrics.scrape();
  expect(text).not.toContain('a/b');
  expect(text).toContain('gantry_worker_slots{runtime="c/d",app="worker"} 8\n');
});

test('an event loop that is held up shows in its longest delay', async () => {
  const metrics = new Metrics('worker');
  // What comes before its first look is not measured.
  await holdUp();
  await holdUp();
  const [, longest] = /nodejs_eventloop_lag_max_seconds\{app="worker"\} (\S+)/.exec(await metrics.scrape()) ?? [];
  expect(Number(longest)).toBeGreaterThan(0.3);
});

/** Until a look is due, and then until what was due has come. */
async function holdUp(): Promise<void> {
  const until = performance.now() + 600;
  while (performance.now() < until);
  await setImmediate();
  await setImmediate();
}
