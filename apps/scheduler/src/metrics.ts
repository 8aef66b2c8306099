import type { EndedExecution } from '@gantry/record/fold/fold-facts';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the scheduler tells of its work. */
export function createSchedulerMetrics(
  registry: Registry,
  { leads, journalLength }: { leads: () => boolean; journalLength: () => Promise<number> },
) {
  new Gauge({
    name: 'gantry_scheduler_leads',
    help: '1 on the scheduler that leads',
    registers: [registry],
    collect() {
      this.set(leads() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'gantry_journal_length',
    help: 'Facts not yet folded into the record',
    registers: [registry],
    async collect() {
      // Redis being away must not take the other metrics along.
      this.set(await journalLength().catch(() => Number.NaN));
    },
  });
  const finished = new Counter({
    name: 'gantry_executions_finished_total',
    help: 'Executions that reached a final status',
    labelNames: ['status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'gantry_execution_processing_seconds',
    help: 'From planned to finished',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800],
    registers: [registry],
  });
  return {
    onFolded(ended: readonly EndedExecution[]) {
      for (const { status, processingTimeMs } of ended) {
        finished.inc({ status });
        if (processingTimeMs !== null) duration.observe(processingTimeMs / 1000);
      }
    },
  };
}
