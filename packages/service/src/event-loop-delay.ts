import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** Each look wakes the process. */
const LOOK_MS = 250;
const NS_PER_SECOND = 1e9;

/** What prom-client tells of it: it has a hundred looks a second, and calls the time between two of them the delay. */
export const OTHER_DELAYS = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(nameOf);
/** It cannot be told to look at nothing. */
export const NEVER_MS = 2 ** 31 - 1;

/** Tells how late the event loop came to what was due, since the last scrape. */
export function measureEventLoopDelay(registry: Registry): void {
  const looks = monitorEventLoopDelay({ resolution: LOOK_MS });
  looks.enable();
  const half = new Gauge({
    name: nameOf('p50'),
    help: 'Half of the delays of the event loop are longer.',
    registers: [registry],
    // The first that is asked reads for all.
    collect() {
      half.set(delayOf(looks.percentile(50)));
      most.set(delayOf(looks.percentile(99)));
      longest.set(delayOf(looks.max));
      looks.reset();
    },
  });
  const most = gaugeOf('p99', 'One of 100 delays of the event loop is longer.');
  const longest = gaugeOf('max', 'Longest delay of the event loop.');

  function gaugeOf(name: string, help: string): Gauge {
    return new Gauge({ name: nameOf(name), help, registers: [registry] });
  }
}

function nameOf(reading: string): string {
  return `nodejs_eventloop_lag_${reading}_seconds`;
}

/** Of what was the time between two looks, in ns. */
function delayOf(between: number): number {
  return Math.max(0, between / NS_PER_SECOND - LOOK_MS / 1_000);
}
