import type { Webhook } from '@gantry/contracts/http/webhook';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { activeColumn } from '../active-column.tsx';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';
import { NewWebhook } from './new-webhook.tsx';

/** Where events are told. */
export function WebhooksPage() {
  const mayChange = useAllowed('assistants:write');
  const [making, setMaking] = useState(false);
  const webhooks = useList(['webhooks'], (page) => api.webhooks.list({ sort: 'name,asc', ...page }));
  const activate = useMutation({
    mutationFn: ({ id, active }: { id: string; active: boolean }) => api.webhooks.update(id, { active }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const columns: readonly Column<Webhook>[] = [
    activeColumn(mayChange, activate.mutate),
    {
      name: 'Name',
      cell: ({ id, name, disabledReason, failingSince }) => (
        <>
          <Link to="/webhooks/$id" params={{ id }} className="link">
            {name}
          </Link>
          {disabledReason !== null && (
            <div className="toned" data-tone="bad">
              {disabledReason}
            </div>
          )}
          {disabledReason === null && failingSince !== null && (
            <div className="toned" data-tone="wait">
              Nothing can be delivered at the moment.
            </div>
          )}
        </>
      ),
    },
    { name: 'Address', className: 'mono clip hide-phone', title: ({ url }) => url, cell: ({ url }) => url },
    { name: 'Is told of', className: 'mono', cell: ({ events }) => events.join(', ') },
  ];
  return (
    <div>
      <PageHead title="Webhooks">
        {mayChange && (
          <Button size="compact-sm" onClick={() => setMaking(true)}>
            New webhook
          </Button>
        )}
      </PageHead>
      {activate.error && <Problem error={activate.error} />}
      <ListPanel
        label="Webhooks"
        list={webhooks}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="Nobody is told yet">
            New webhook makes the first. It sends events, such as failures and alerts, to an address of yours or to a
            mailbox.
          </Empty>
        }
      />
      {making && <NewWebhook onClose={() => setMaking(false)} />}
    </div>
  );
}
