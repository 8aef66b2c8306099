import { GantryError } from '@gantry/client/gantry-error';
import type { Assistant, AssistantInput } from '@gantry/contracts/http/assistant';
import { Button, Group, JsonInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Read } from '../read.tsx';

/** One assistant: what it reacts to and what it runs, both to be edited. */
export function AssistantPage() {
  const { id } = useParams({ from: '/assistants/$id' });
  const assistant = useQuery({
    queryKey: ['assistant', id],
    queryFn: ({ signal }) => api.assistants.get(id, { signal }),
  });
  return (
    <main>
      <Read query={assistant}>{(data) => <Editor key={data.changeSequence} assistant={data} />}</Read>
    </main>
  );
}

/** What a person edits; the rest stays as it is. */
const EDITED = [
  'name',
  'description',
  'subscription',
  'connections',
  'options',
  'schedules',
  'priorityHint',
  'timeoutSeconds',
  'maxConcurrentExecutions',
  'deduplication',
] as const;

function textOf(assistant: Assistant): string {
  return JSON.stringify(Object.fromEntries(EDITED.map((field) => [field, assistant[field]])), null, 2);
}

function Editor({ assistant }: { assistant: Assistant }) {
  const [text, setText] = useState(() => textOf(assistant));
  const mayChange = useAllowed('assistants:write');
  const navigate = useNavigate();
  const save = useMutation({
    mutationFn: () => {
      const input = JSON.parse(text) as AssistantInput;
      return api.assistants.update(assistant.id, { ...input, changeSequence: assistant.changeSequence });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['assistant', assistant.id] }),
  });
  const run = useMutation({
    mutationFn: () => api.assistants.schedule(assistant.id),
    onSuccess: ({ id }) => navigate({ to: '/executions/$id', params: { id } }),
  });
  const changed = text !== textOf(assistant);
  return (
    <>
      <PageHead title={assistant.name}>
        <Link to="/executions" search={{ filter: `assistantId eq '${assistant.id}'` }} className="link">
          Its executions
        </Link>
        {mayChange && (
          <Button size="xs" variant="default" loading={run.isPending} onClick={() => run.mutate()}>
            Run now
          </Button>
        )}
      </PageHead>
      {run.error && <Problem error={run.error} />}
      {save.error && <Problem error={save.error} />}
      {save.error instanceof GantryError && <Fields errors={save.error.errors} />}
      <section className="panel" aria-label="Definition">
        <h2>Definition</h2>
        <div className="panel-body">
          <JsonInput
            aria-label="Definition as JSON"
            value={text}
            onChange={setText}
            autosize
            minRows={12}
            maxRows={40}
            readOnly={!mayChange}
            validationError="This is not JSON"
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.75rem' } }}
          />
          {mayChange && (
            <Group justify="flex-end" gap={8} mt={10}>
              <Button size="xs" variant="default" disabled={!changed} onClick={() => setText(textOf(assistant))}>
                Discard
              </Button>
              <Button size="xs" disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
                Save
              </Button>
            </Group>
          )}
        </div>
      </section>
    </>
  );
}

/** What the api said of each field. */
function Fields({ errors }: { errors: Readonly<Record<string, string>> }) {
  return (
    <ul>
      {Object.entries(errors).map(([field, message]) => (
        <li key={field}>
          <span className="mono">{field}</span>: {message}
        </li>
      ))}
    </ul>
  );
}
