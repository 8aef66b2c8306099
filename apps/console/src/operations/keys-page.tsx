import type { Scope } from '@gantry/contracts/http/api-key';
import { Button, Code, Group, MultiSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { ACCOUNT, api, queries, readAccount } from '../api.ts';
import { Instant } from '../instant.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Read } from '../read.tsx';

const SCOPES: Scope[] = ['events:write', 'executions:read', 'executions:write', 'assistants:write', 'admin'];

/** Who may do what. A key is shown once, when it is made. */
export function KeysPage() {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>(['executions:read']);
  const account = useQuery({ queryKey: ACCOUNT, queryFn: ({ signal }) => readAccount(signal), staleTime: 60_000 });
  const keys = useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => api.keys.list({ pageSize: 1_000, signal }),
  });
  const reload = () => queries.invalidateQueries({ queryKey: ['keys'] });
  const create = useMutation({ mutationFn: () => api.keys.create({ name, scopes }), onSuccess: reload });
  const revoke = useMutation({ mutationFn: (id: string) => api.keys.revoke(id), onSuccess: reload });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const error = create.error ?? revoke.error;
  return (
    <main>
      <PageHead title="API keys" />
      {error && <Problem error={error} />}
      {create.data && (
        <section className="panel panel-body" aria-label="The new key" style={{ marginBottom: 14 }}>
          The key of {create.data.name}, shown this once: <Code block>{create.data.key}</Code>
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
          <MultiSelect size="xs" label="Scopes" data={SCOPES} value={scopes} onChange={setScopes} miw="16rem" />
          <Button size="xs" type="submit" loading={create.isPending} disabled={name === '' || scopes.length === 0}>
            Make a key
          </Button>
        </Group>
      </form>
      <section className="panel" aria-label="Keys">
        <Read query={keys}>
          {({ content }) => (
            <div className="scroll-x">
              <table className="dense">
                <thead>
                  <tr>
                    <th>Name</th>
                    <th>Scopes</th>
                    <th className="hide-phone">Made</th>
                    <th aria-label="Actions" />
                  </tr>
                </thead>
                <tbody>
                  {content.map((key) => (
                    <tr key={key.id}>
                      <td>{key.name}</td>
                      <td className="mono">{key.scopes.join(' ')}</td>
                      <td className="nowrap hide-phone">
                        <Instant at={key.createdOn} />
                      </td>
                      <td className="right">
                        {key.id === account.data?.key.id ? (
                          <span className="muted">this session</span>
                        ) : (
                          <Button
                            size="compact-xs"
                            variant="default"
                            onClick={() => window.confirm(`Revoke ${key.name}?`) && revoke.mutate(key.id)}
                          >
                            Revoke
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Read>
      </section>
    </main>
  );
}
