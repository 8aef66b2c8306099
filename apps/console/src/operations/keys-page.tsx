import type { ApiKey, Scope } from '@gantry/contracts/http/api-key';
import { Button, Group, MultiSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { ACCOUNT, api, queries, readAccount } from '../api.ts';
import { Instant } from '../instant.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';
import { ShownOnce } from '../shown-once.tsx';

const SCOPES: readonly Scope[] = [
  'events:write',
  'executions:read',
  'executions:write',
  'assistants:write',
  'modules:publish',
  'admin',
];

/** Who may do what. A key is shown once, when it is made. */
export function KeysPage() {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>(['executions:read']);
  const account = useQuery({ queryKey: ACCOUNT, queryFn: ({ signal }) => readAccount(signal), staleTime: 60_000 });
  const keys = useList(['keys'], (page) => api.keys.list({ sort: 'createdOn,desc', ...page }));
  const reload = () => queries.invalidateQueries({ queryKey: ['keys'] });
  const create = useMutation({
    mutationFn: () => api.keys.create({ name, scopes }),
    onSuccess: () => {
      setName('');
      return reload();
    },
  });
  const revoke = useMutation({ mutationFn: (id: string) => api.keys.revoke(id), onSuccess: reload });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const offered: Scope[] = [
    ...SCOPES,
    ...(account.data?.key.scopes.includes('operator') ? (['operator'] as const) : []),
  ];
  const error = create.error ?? revoke.error;
  const columns: readonly Column<ApiKey>[] = [
    { name: 'Name', cell: ({ name: of }) => of },
    { name: 'Scopes', className: 'mono', cell: (key) => key.scopes.join(' ') },
    { name: 'Made', className: 'nowrap hide-phone', cell: ({ createdOn }) => <Instant at={createdOn} /> },
    {
      name: '',
      className: 'right',
      cell: (key) =>
        key.id === account.data?.key.id ? (
          <span className="muted">this session</span>
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => window.confirm(`Revoke ${key.name}?`) && revoke.mutate(key.id)}
          >
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <div>
      <PageHead title="API keys" />
      {error && <Problem error={error} />}
      {create.data && (
        <section className="panel panel-body" aria-label="The new key" style={{ marginBottom: 14 }}>
          The key of {create.data.name}, shown this once:
          <ShownOnce secret={create.data.key} />
        </section>
      )}
      <form onSubmit={submit} style={{ marginBottom: 14 }}>
        <Group align="flex-end" gap={10}>
          <TextInput
            size="xs"
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
          />
          <MultiSelect size="xs" label="Scopes" data={offered} value={scopes} onChange={setScopes} miw="16rem" />
          <Button size="xs" type="submit" loading={create.isPending} disabled={name === '' || scopes.length === 0}>
            Make a key
          </Button>
        </Group>
      </form>
      <ListPanel
        label="Keys"
        list={keys}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Empty title="No key yet">The first one was made when Gantry was started.</Empty>}
      />
    </div>
  );
}
