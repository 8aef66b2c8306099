import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { durationText } from '../instant.tsx';
import { PageHead } from '../page-head.tsx';
import { Empty, Read } from '../read.tsx';

/** The pools of workers: what waits for each, and who serves it. */
export function RuntimesPage() {
  const runtimes = useQuery({
    queryKey: ['runtimes'],
    queryFn: ({ signal }) => api.moduleRuntimes.list({ pageSize: 1_000, signal }),
    refetchInterval: 2_000,
  });
  return (
    <main>
      <PageHead title="Runtimes" />
      <section className="panel" aria-label="Runtimes">
        <Read query={runtimes}>
          {({ content }) =>
            content.length === 0 ? (
              <Empty title="No runtime is known yet">It appears with the first execution that is planned.</Empty>
            ) : (
              <div className="scroll-x">
                <table className="dense">
                  <thead>
                    <tr>
                      <th>Runtime</th>
                      <th className="right">Waiting</th>
                      <th className="right">Running</th>
                      <th className="right hide-phone">Delayed</th>
                      <th className="right">Workers</th>
                      <th className="right">Oldest wait</th>
                    </tr>
                  </thead>
                  <tbody>
                    {content.map(({ ref, queueDepth, active, delayed, workers, oldestWaitMs }) => (
                      <tr key={ref}>
                        <td>
                          {ref}
                          {workers === 0 && queueDepth > 0 && (
                            <div className="toned" data-tone="bad">
                              No worker serves it: start one, or name it in WORKER_RUNTIMES.
                            </div>
                          )}
                        </td>
                        <td className="right">{queueDepth.toLocaleString()}</td>
                        <td className="right">{active.toLocaleString()}</td>
                        <td className="right hide-phone">{delayed.toLocaleString()}</td>
                        <td className="right">{workers}</td>
                        <td className="right nowrap">{durationText(oldestWaitMs)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Read>
      </section>
    </main>
  );
}
