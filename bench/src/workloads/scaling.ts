import { Load } from '../load.ts';
import { median } from '../numbers.ts';
import { startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

const WORKERS = [1, 2, 4, 8];
const CONCURRENCY = 8;
const STEP_MS = 50;
/** Executions of which a worker can run that many a second at most. */
const IDEAL = (CONCURRENCY * 1_000) / STEP_MS;

/** Whether two workers do twice the work of one, as long as there are cores for what comes with it. */
export const scaling: Workload = {
  title: `Steps of ${STEP_MS} ms, by workers of ${CONCURRENCY} slots (j)`,
  async run({ rounds, seconds }) {
    await using servers = await startServers();
    await using gantry = await startGantry(servers, { concurrency: CONCURRENCY });
    const load = await Load.of(gantry.client, {
      steps: 1,
      shape: 'plain',
      step: { ref: 'module://gantry/sleep', options: { ms: STEP_MS } },
    });
    const rows: Record<string, Record<string, number>> = {};
    let ofOne = 0;
    for (const workers of WORKERS) {
      while (gantry.system.processes.filter(({ name }) => name.startsWith('worker')).length < workers) {
        await gantry.system.addWorker();
      }
      const executions = Math.round(IDEAL * workers * seconds);
      const rates = [];
      for (let round = 0; round < rounds; round += 1) rates.push(await perSecond(load, executions));
      const rate = median(rates);
      ofOne ||= rate;
      rows[`${workers} workers`] = {
        '/s': Math.round(rate),
        'of what the slots allow, %': Math.round((rate / (IDEAL * workers)) * 100),
        'of as many times one worker, %': Math.round((rate / (ofOne * workers)) * 100),
      };
    }
    return { rows, notes: ['All on the cores of this machine: where they are full, more workers bring nothing.'] };
  },
};

async function perSecond(load: Load, executions: number): Promise<number> {
  const began = performance.now();
  await load.sendArrays(executions);
  await load.untilDone();
  return (executions / (performance.now() - began)) * 1_000;
}
