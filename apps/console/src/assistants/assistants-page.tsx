import type { Assistant } from '@gantry/contracts/http/assistant';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { activeColumn } from '../active-column.tsx';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { Instant } from '../instant.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';
import { whatItHears } from './draft.ts';
import { NewAssistant } from './new-assistant.tsx';

/** What reacts to events. */
export function AssistantsPage() {
  const mayChange = useAllowed('assistants:write');
  const [making, setMaking] = useState(false);
  const assistants = useList(['assistant-list'], (page) => api.assistants.list({ sort: 'name,asc', ...page }));
  const activate = useMutation({
    mutationFn: ({ id, active }: { id: string; active: boolean }) =>
      active ? api.assistants.activate(id) : api.assistants.deactivate(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['assistant-list'] }),
  });
  const columns: readonly Column<Assistant>[] = [
    activeColumn(mayChange, activate.mutate),
    {
      name: 'Name',
      cell: ({ id, name }) => (
        <Link to="/assistants/$id" params={{ id }} className="link">
          {name}
        </Link>
      ),
    },
    {
      name: 'Reacts to',
      className: 'mono clip hide-phone',
      title: ({ subscription }) => subscription ?? undefined,
      cell: ({ subscription, connections }) => subscription ?? `every event of ${whatItHears({ connections })}`,
    },
    { name: 'Steps', className: 'right', cell: ({ options }) => options.pipeline?.steps.length ?? 0 },
    {
      name: 'Next schedule',
      className: 'nowrap hide-phone',
      cell: ({ schedules }) => <Instant at={schedules.flatMap(({ nextEvent }) => nextEvent ?? []).sort()[0] ?? null} />,
    },
    { name: 'Changed', className: 'nowrap hide-phone', cell: ({ updatedOn }) => <Instant at={updatedOn} /> },
  ];
  return (
    <div>
      <PageHead title="Assistants">
        {mayChange && (
          <Button size="compact-sm" onClick={() => setMaking(true)}>
            New assistant
          </Button>
        )}
      </PageHead>
      {activate.error && <Problem error={activate.error} />}
      <ListPanel
        label="Assistants"
        list={assistants}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No assistants yet">
            An assistant runs its pipeline for each event that it hears. Make one above, or with{' '}
            <code>npx gantry assistants apply -f assistant.yaml --project sample</code>.
          </Empty>
        }
      />
      {making && <NewAssistant onClose={() => setMaking(false)} />}
    </div>
  );
}
