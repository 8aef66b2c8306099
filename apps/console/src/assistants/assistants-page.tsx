import { Switch } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { Instant } from '../instant.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty, Read } from '../read.tsx';

/** What reacts to events. */
export function AssistantsPage() {
  const mayChange = useAllowed('assistants:write');
  const assistants = useQuery({
    queryKey: ['assistant-list'],
    queryFn: ({ signal }) => api.assistants.list({ pageSize: 1_000, sort: 'name,asc', signal }),
  });
  const activate = useMutation({
    mutationFn: ({ id, active }: { id: string; active: boolean }) =>
      active ? api.assistants.activate(id) : api.assistants.deactivate(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['assistant-list'] }),
  });
  return (
    <main>
      <PageHead title="Assistants" />
      {activate.error && <Problem error={activate.error} />}
      <section className="panel" aria-label="Assistants">
        <Read query={assistants}>
          {({ content }) =>
            content.length === 0 ? (
              <Empty title="No assistants yet">
                <code>npx gantry assistants apply -f assistant.yaml --project sample</code> makes one.
              </Empty>
            ) : (
              <div className="scroll-x">
                <table className="dense">
                  <thead>
                    <tr>
                      <th>Active</th>
                      <th>Name</th>
                      <th className="hide-phone">Reacts to</th>
                      <th className="right">Steps</th>
                      <th className="hide-phone">Next schedule</th>
                      <th className="hide-phone">Changed</th>
                    </tr>
                  </thead>
                  <tbody>
                    {content.map(({ id, name, active, subscription, options, schedules, updatedOn }) => (
                      <tr key={id}>
                        <td>
                          <Switch
                            size="xs"
                            checked={active}
                            disabled={!mayChange}
                            aria-label={`${name} is active`}
                            onChange={(event) => activate.mutate({ id, active: event.currentTarget.checked })}
                          />
                        </td>
                        <td>
                          <Link to="/assistants/$id" params={{ id }} className="link">
                            {name}
                          </Link>
                        </td>
                        <td className="mono clip hide-phone" title={subscription ?? undefined}>
                          {subscription ?? 'every event of its connections'}
                        </td>
                        <td className="right">{options.pipeline?.steps.length ?? 0}</td>
                        <td className="nowrap hide-phone">
                          <Instant at={schedules.flatMap(({ nextEvent }) => nextEvent ?? []).sort()[0] ?? null} />
                        </td>
                        <td className="nowrap hide-phone">
                          <Instant at={updatedOn} />
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
    </main>
  );
}
