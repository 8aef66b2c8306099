import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { Instant } from '../instant.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty, Read } from '../read.tsx';

/** What is being done to many executions at once, and what could not be done. */
export function BulkPage() {
  const [opened, setOpened] = useState<string>();
  const mayChange = useAllowed('executions:write');
  const operations = useQuery({
    queryKey: ['bulk'],
    queryFn: ({ signal }) => api.bulkOperations.list({ sort: 'createdOn,desc', pageSize: 50, signal }),
    refetchInterval: 1_000,
  });
  const abort = useMutation({
    mutationFn: (id: string) => api.bulkOperations.abort(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['bulk'] }),
  });
  return (
    <main>
      <PageHead title="Bulk operations" />
      {abort.error && <Problem error={abort.error} />}
      <section className="panel" aria-label="Bulk operations">
        <Read query={operations}>
          {({ content }) =>
            content.length === 0 ? (
              <Empty title="None yet">
                Filter or select <Link to="/executions">executions</Link> to cancel, reprocess or restart many of them.
              </Empty>
            ) : (
              <div className="scroll-x">
                <table className="dense">
                  <thead>
                    <tr>
                      <th>What</th>
                      <th style={{ minWidth: '8rem' }}>Progress</th>
                      <th className="right">Done</th>
                      <th className="right">Not done</th>
                      <th className="hide-phone">Chosen by</th>
                      <th>Begun</th>
                      <th aria-label="Actions" />
                    </tr>
                  </thead>
                  <tbody>
                    {content.map(({ id, kind, status, total, done, failed, filter, createdOn }) => (
                      <tr key={id}>
                        <td>{kind.toLowerCase()}</td>
                        <td>
                          <Progress
                            value={total === 0 ? 100 : ((done + failed) / total) * 100}
                            aria-label={`${done + failed} of ${total}`}
                          />
                        </td>
                        <td className="right nowrap">
                          {done.toLocaleString()} / {total.toLocaleString()}
                        </td>
                        <td className="right">
                          {failed > 0 ? (
                            <Button size="compact-xs" variant="default" onClick={() => setOpened(id)}>
                              {failed.toLocaleString()}
                            </Button>
                          ) : (
                            0
                          )}
                        </td>
                        <td className="mono clip hide-phone" title={filter.join(' and ')}>
                          {filter.join(' and ')}
                        </td>
                        <td className="nowrap">
                          <Instant at={createdOn} />
                        </td>
                        <td className="right">
                          {status === 'RUNNING' && mayChange && (
                            <Button size="compact-xs" variant="default" onClick={() => abort.mutate(id)}>
                              Stop
                            </Button>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Read>
      </section>
      {opened !== undefined && <Failures operationId={opened} />}
    </main>
  );
}

function Failures({ operationId }: { operationId: string }) {
  const failures = useQuery({
    queryKey: ['bulk-failures', operationId],
    queryFn: ({ signal }) => api.bulkOperations.failures(operationId, { pageSize: 100, signal }),
  });
  return (
    <section className="panel" aria-label="What could not be done" style={{ marginTop: 14 }}>
      <h2>What could not be done</h2>
      <Read query={failures}>
        {({ content }) => (
          <table className="dense">
            <tbody>
              {content.map((failure) => (
                <tr key={failure.id}>
                  <td>
                    <span className="mono">{failure.id}</span>
                  </td>
                  <td className="mono">{failure.code}</td>
                  <td>{failure.message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Read>
    </section>
  );
}
