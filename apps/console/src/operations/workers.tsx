import type { Worker } from '@gantry/contracts/http/worker';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { Instant } from '../instant.tsx';
import { type Column, Table } from '../list-panel.tsx';
import { Empty, Read } from '../read.tsx';

const REFRESH_MS = 5_000;

/** The workers that are there, of all runtimes. */
export function Workers() {
  const workers = useQuery({
    queryKey: ['workers'],
    queryFn: async ({ signal }) => (await api.admin.workers({ signal })).workers,
    refetchInterval: REFRESH_MS,
  });
  return (
    <section className="panel" aria-label="Workers" style={{ marginTop: 14 }}>
      <h2>Workers</h2>
      <Read query={workers}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="No worker is there">
              <code>npm start -- --workers 1</code> starts one beside the rest; elsewhere, start the worker.
            </Empty>
          ) : (
            <Table columns={COLUMNS} rows={rows} keyOf={({ id }) => id} />
          )
        }
      </Read>
    </section>
  );
}

const COLUMNS: readonly Column<Worker>[] = [
  { name: 'Worker', className: 'mono broken', cell: ({ id }) => id },
  { name: 'Serves', className: 'broken', cell: ({ runtimes }) => servedText(runtimes) },
  { name: 'Modules', className: 'right', cell: ({ modules }) => modules },
  { name: 'Since', className: 'right nowrap', cell: ({ startedOn }) => <Instant at={startedOn} /> },
];

function servedText(runtimes: readonly string[]): string {
  const named = runtimes.filter((runtime) => runtime !== '*').join(', ');
  if (!runtimes.includes('*')) return named;
  return named === '' ? 'every runtime' : `every runtime (${named})`;
}
