import type { Alert } from '@gantry/contracts/http/alert';
import { Button, Group, Menu } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { activeColumn } from '../active-column.tsx';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import { Instant } from '../instant.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';
import { AlertForm } from './alert-form.tsx';
import { conditionText } from './condition.ts';

const REFRESH_MS = 5_000;

const MUTES = { 'for an hour': 60, 'for 8 hours': 480, 'for a week': 10_080 } as const;

/** The rules that are watched, and which hold now. */
export function AlertsPage() {
  const mayChange = useAllowed('assistants:write');
  /** A new one, or the one that is changed. */
  const [open, setOpen] = useState<Alert | 'new'>();
  const assistants = useAssistants();
  const alerts = useList(['alerts'], (page) => api.alerts.list({ sort: 'name,asc', ...page }), REFRESH_MS);
  const reload = () => queries.invalidateQueries({ queryKey: ['alerts'] });
  const change = useMutation({
    mutationFn: ({ id, ...update }: { id: string; active?: boolean; mutedUntil?: string }) =>
      api.alerts.update(id, update),
    onSettled: reload,
  });
  const remove = useMutation({ mutationFn: (id: string) => api.alerts.delete(id), onSettled: reload });
  const error = change.error ?? remove.error;
  const mute = (id: string, minutes: number) =>
    change.mutate({ id, mutedUntil: new Date(Date.now() + minutes * 60_000).toISOString() });
  const holdsWhen = ({ condition, assistantId }: Alert) => {
    const of = assistantId === null ? '' : `: ${assistants.get(assistantId)?.name ?? assistantId}`;
    return conditionText(condition) + of;
  };
  const columns: readonly Column<Alert>[] = [
    activeColumn(mayChange, change.mutate),
    {
      name: 'Name',
      cell: (alert) => (
        <>
          {mayChange ? (
            <button type="button" className="text-link link" title="Change it" onClick={() => setOpen(alert)}>
              {alert.name}
            </button>
          ) : (
            alert.name
          )}
          <span className="muted only-phone">{holdsWhen(alert)}</span>
        </>
      ),
    },
    { name: 'Holds when', className: 'hide-phone', cell: holdsWhen },
    { name: 'Now', cell: (alert) => <State alert={alert} /> },
    {
      name: '',
      className: 'right',
      cell: ({ id, name, mutedUntil }) =>
        mayChange && (
          <Group gap={6} justify="flex-end" className="actions">
            {isMuted(mutedUntil) ? (
              <Button size="compact-xs" variant="default" onClick={() => mute(id, 0)}>
                Unmute
              </Button>
            ) : (
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button size="compact-xs" variant="default">
                    Mute
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {Object.entries(MUTES).map(([words, minutes]) => (
                    <Menu.Item key={words} onClick={() => mute(id, minutes)}>
                      {words}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
            )}
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => window.confirm(`Delete ${name}?`) && remove.mutate(id)}
            >
              Delete
            </Button>
          </Group>
        ),
    },
  ];
  return (
    <div>
      <PageHead title="Alerts">
        {mayChange && (
          <Button size="compact-sm" onClick={() => setOpen('new')}>
            New alert
          </Button>
        )}
      </PageHead>
      {error && <Problem error={error} />}
      {alerts.rows !== undefined && alerts.rows.length > 0 && <NobodyTold />}
      <ListPanel
        label="Alerts"
        list={alerts}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="Nothing is watched yet">
            New alert makes the first. It tells your{' '}
            <Link to="/webhooks" className="link">
              webhooks
            </Link>{' '}
            when assistants fail, nothing succeeds, work waits long, or workers are missing.
          </Empty>
        }
      />
      {open !== undefined && <AlertForm alert={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

/** What fires is seen here alone as long as no webhook takes it further. */
function NobodyTold() {
  const { data } = useQuery({
    queryKey: ['webhooks', 'of-alerts'],
    queryFn: ({ signal }) => api.webhooks.list({ pageSize: 1_000, signal }),
  });
  if (data === undefined || data.content.some(({ active, events }) => active && events.includes('alert.firing'))) {
    return null;
  }
  return (
    <p className="panel panel-body" data-tone="wait" style={{ margin: '0 0 12px' }}>
      <span className="toned">Nobody is told when one fires.</span> A{' '}
      <Link to="/webhooks" className="link">
        webhook
      </Link>{' '}
      that is told of <code>alert.firing</code> sends it to an address or a mailbox.
    </p>
  );
}

function isMuted(until: string | null): boolean {
  return until !== null && Date.parse(until) > Date.now();
}

function State({ alert: { active, firing, firingSince, message, mutedUntil } }: { alert: Alert }) {
  // What was found, but not yet for as long as the alert asks.
  const isDue = !firing && message !== null;
  const [tone, words] = !active
    ? ['off', 'Off']
    : firing
      ? ['bad', 'Firing']
      : isDue
        ? ['wait', 'About to fire']
        : ['ok', 'Quiet'];
  return (
    <>
      <span className="status" data-tone={tone}>
        {words}
      </span>
      {firing && (
        <div className="muted">
          since <Instant at={firingSince} />
        </div>
      )}
      {active && message !== null && <div>{message}</div>}
      {isMuted(mutedUntil) && (
        <div className="muted">
          muted until <Instant at={mutedUntil} />
        </div>
      )}
    </>
  );
}
