import type { ModuleRuntime } from '@gantry/contracts/http/module-runtime';
import { useAllowed } from '../allowed.ts';
import { api } from '../api.ts';
import { durationText } from '../instant.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Empty } from '../read.tsx';
import { Throughput } from './throughput.tsx';
import { Workers } from './workers.tsx';

const REFRESH_MS = 2_000;

/** The pools of workers: what waits for each, and who serves it. */
export function RuntimesPage() {
  const isOperator = useAllowed('operator');
  const runtimes = useList(['runtimes'], (page) => api.moduleRuntimes.list(page), REFRESH_MS);
  return (
    <div>
      <PageHead title="Runtimes" />
      <ListPanel
        label="Runtimes"
        list={runtimes}
        columns={COLUMNS}
        keyOf={({ ref }) => ref}
        empty={<Empty title="No runtime is known yet">It appears with the first execution that is planned.</Empty>}
      />
      {isOperator && <Workers />}
    </div>
  );
}

const COLUMNS: readonly Column<ModuleRuntime>[] = [
  {
    name: 'Runtime',
    className: 'broken',
    cell: ({ ref, workers, queueDepth }) => (
      <>
        {ref}
        {workers === 0 && queueDepth > 0 && (
          <div className="toned" data-tone="bad">
            No worker serves it: start one, or name it in WORKER_RUNTIMES.
          </div>
        )}
      </>
    ),
  },
  { name: 'Waiting', className: 'right', cell: ({ queueDepth }) => queueDepth.toLocaleString() },
  { name: 'Running', className: 'right', cell: ({ active }) => active.toLocaleString() },
  { name: 'Delayed', className: 'right hide-phone', cell: ({ delayed }) => delayed.toLocaleString() },
  { name: 'Workers', className: 'right', cell: ({ workers }) => workers },
  { name: 'Oldest', className: 'right nowrap', cell: ({ oldestWaitMs }) => durationText(oldestWaitMs) },
  { name: 'Steps a minute', className: 'right nowrap hide-phone', cell: ({ ref }) => <Throughput runtimeRef={ref} /> },
];
