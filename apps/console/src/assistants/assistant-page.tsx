import { GantryError } from '@gantry/client/gantry-error';
import type { Assistant } from '@gantry/contracts/http/assistant';
import { Button, Group, SegmentedControl, Skeleton, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { parse, stringify } from 'yaml';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { ReadPage } from '../read-page.tsx';
import { Connections } from './connections.tsx';
import { type Draft, draftOf, stepsOf, whatItHears, withSteps } from './draft.ts';
import { Revisions } from './revisions.tsx';
import { Schedules } from './schedules.tsx';
import { StepsForm } from './steps-form.tsx';
import { Trial } from './trial.tsx';

const CodeEditor = lazy(() => import('../code-editor.tsx'));

const CHECK_AFTER_MS = 500;

/** One assistant: what it reacts to and what it runs, both to be edited. */
export function AssistantPage() {
  const { id } = useParams({ from: '/assistants/$id' });
  const assistant = useQuery({
    queryKey: ['assistant', id],
    queryFn: ({ signal }) => api.assistants.get(id, { signal }),
  });
  return (
    <div>
      <ReadPage query={assistant} list={{ to: '/assistants', name: 'Assistants' }}>
        {(data) => <Editor key={data.changeSequence} assistant={data} />}
      </ReadPage>
    </div>
  );
}

const VIEWS = ['Form', 'YAML', 'JSON'] as const;
type View = (typeof VIEWS)[number];

function Editor({ assistant }: { assistant: Assistant }) {
  const standing = draftOf(assistant);
  const [draft, setDraft] = useState(standing);
  const [view, setView] = useState<View>('Form');
  const mayChange = useAllowed('assistants:write');
  const mayRun = useAllowed('executions:write') || mayChange;
  const navigate = useNavigate();
  const changed = JSON.stringify(draft) !== JSON.stringify(standing);
  const [checked] = useDebouncedValue(draft, CHECK_AFTER_MS);
  const check = useQuery({
    queryKey: ['assistant-check', assistant.id, checked],
    queryFn: async ({ signal }) => ({
      ...(await api.assistants.dryRun({ assistant: checked }, { signal })),
      of: checked,
    }),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const save = useMutation({
    mutationFn: () => api.assistants.update(assistant.id, { ...draft, changeSequence: assistant.changeSequence }),
    onSuccess: (saved) => queries.setQueryData(['assistant', assistant.id], saved),
  });
  const activate = useMutation({
    mutationFn: (active: boolean) =>
      active ? api.assistants.activate(assistant.id) : api.assistants.deactivate(assistant.id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['assistant', assistant.id] }),
  });
  const run = useMutation({
    mutationFn: () => api.assistants.schedule(assistant.id),
    onSuccess: ({ id }) => navigate({ to: '/executions/$id', params: { id } }),
  });
  useBlocker({
    shouldBlockFn: () => changed && !save.isPending && !window.confirm('Leave what you changed unsaved?'),
    enableBeforeUnload: () => changed,
  });
  const errors = errorsOf(check.error);
  const errorOf = (field: string) => errors[`assistant.${field}`];
  return (
    <>
      <PageHead title={assistant.name} list={{ to: '/assistants', name: 'Assistants' }}>
        <Link to="/executions" search={{ filter: `assistantId eq '${assistant.id}'` }} className="link">
          Its executions
        </Link>
        <Switch
          size="sm"
          label={assistant.active ? 'Active' : 'Switched off'}
          checked={assistant.active}
          disabled={!mayChange || changed || activate.isPending}
          title={changed ? 'Save or discard what you changed first' : 'Whether it hears events'}
          onChange={(event) => activate.mutate(event.currentTarget.checked)}
        />
        {mayRun && (
          <Button size="compact-sm" variant="default" loading={run.isPending} onClick={() => run.mutate()}>
            Run now
          </Button>
        )}
      </PageHead>
      <Stack gap={14}>
        {activate.error && <Problem error={activate.error} />}
        {run.error && <Problem error={run.error} />}
        {save.error && <Problem error={save.error} />}
        {save.error && <Fields errors={errorsOf(save.error)} />}
        {assistant.warnings && (
          <section className="panel panel-body" aria-label="Warnings">
            It is saved. What stands in the way of its steps now:
            <Fields
              tone="wait"
              errors={Object.fromEntries(assistant.warnings.map((of) => [stepNamed(of.field), of.message]))}
            />
          </section>
        )}
        <section className="panel" aria-label="Definition">
          <Group className="panel-body" gap={8}>
            <h2 style={{ margin: 0 }}>Definition</h2>
            <SegmentedControl
              size="xs"
              aria-label="How it is shown"
              data={[...VIEWS]}
              value={view}
              onChange={(next) => setView(VIEWS.find((each) => each === next) ?? 'Form')}
            />
            <span className="grow" />
            {mayChange && (
              <Group gap={8} wrap="nowrap">
                <Button size="compact-sm" variant="default" disabled={!changed} onClick={() => setDraft(standing)}>
                  Discard
                </Button>
                <Button size="compact-sm" disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
                  Save
                </Button>
              </Group>
            )}
          </Group>
          <div className="panel-body">
            {view === 'Form' ? (
              <Stack gap={12}>
                <div className="form-grid">
                  <TextInput
                    size="xs"
                    label="Name"
                    value={draft.name}
                    readOnly={!mayChange}
                    error={errorOf('name')}
                    onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
                  />
                  <TextInput
                    size="xs"
                    label="Description"
                    value={draft.description ?? ''}
                    readOnly={!mayChange}
                    onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value || null })}
                  />
                </div>
                <Textarea
                  size="xs"
                  label="Subscription"
                  description={`Event types separated by commas, or an expression; empty: every event of ${whatItHears(draft)}`}
                  classNames={{ input: 'mono' }}
                  autosize
                  minRows={1}
                  value={draft.subscription ?? ''}
                  readOnly={!mayChange}
                  error={errorOf('subscription')}
                  onChange={(event) => setDraft({ ...draft, subscription: event.currentTarget.value || null })}
                />
                <Connections draft={draft} onChange={setDraft} readOnly={!mayChange} error={errorOf('connections')} />
                <h3 className="form-head">Steps</h3>
                <StepsForm
                  steps={stepsOf(draft)}
                  readOnly={!mayChange}
                  errorOf={(field) => errorOf(`options.pipeline.steps${field}`)}
                  onChange={(steps) => setDraft(withSteps(draft, steps))}
                />
                <h3 className="form-head">Schedules</h3>
                <Schedules
                  draft={draft}
                  onChange={setDraft}
                  readOnly={!mayChange}
                  checked={check.data}
                  errorOf={(field) => errorOf(`schedules${field}`)}
                />
              </Stack>
            ) : (
              <TextView key={view} view={view} draft={draft} onChange={setDraft} readOnly={!mayChange} />
            )}
            {view !== 'Form' && <Fields errors={errors} />}
          </div>
        </section>
        <section className="panel" aria-label="Would this event start it?">
          <h2>Would this event start it?</h2>
          <div className="panel-body">
            <Trial draft={draft} />
          </div>
        </section>
        <section className="panel" aria-label="Revisions">
          <h2>Revisions of the pipeline</h2>
          <Revisions assistant={assistant} mayChange={mayChange} isDraftChanged={changed} />
        </section>
      </Stack>
    </>
  );
}

interface TextViewProps {
  view: 'YAML' | 'JSON';
  draft: Draft;
  onChange: (draft: Draft) => void;
  readOnly: boolean;
}

/** Keeps what is typed, also while it cannot be read. */
function TextView({ view, draft, onChange, readOnly }: TextViewProps) {
  const write = (value: Draft) => (view === 'YAML' ? stringify(value) : JSON.stringify(value, null, 2));
  const [text, setText] = useState(() => write(draft));
  const [mistake, setMistake] = useState<string>();
  const edit = (next: string) => {
    setText(next);
    try {
      const read: unknown = view === 'YAML' ? parse(next) : JSON.parse(next);
      if (typeof read !== 'object' || read === null) throw new Error('expected the fields of an assistant');
      onChange(read as Draft);
      setMistake(undefined);
    } catch (error) {
      setMistake(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <Suspense fallback={<Skeleton h={320} />}>
        <CodeEditor
          label={`Definition as ${view}`}
          language={view === 'YAML' ? 'yaml' : 'json'}
          value={text}
          onChange={edit}
          readOnly={readOnly}
        />
      </Suspense>
      {mistake !== undefined && (
        <pre role="alert" className="toned mono" data-tone="bad" style={{ whiteSpace: 'pre-wrap' }}>
          {mistake}
        </pre>
      )}
    </>
  );
}

function errorsOf(error: Error | null): Readonly<Record<string, string>> {
  return error instanceof GantryError ? error.errors : {};
}

/** Warnings are of the refs of steps. */
function stepNamed(field: string): string {
  return field.replace(/^options\.pipeline\.steps\.(\d+)\.ref$/, (_, index) => `Step ${Number(index) + 1}`);
}

/** What the api said of each field. */
function Fields({ errors, tone = 'bad' }: { errors: Readonly<Record<string, string>>; tone?: 'bad' | 'wait' }) {
  const all = Object.entries(errors);
  if (all.length === 0) return null;
  return (
    <ul role="alert" data-tone={tone}>
      {all.map(([field, message]) => (
        <li key={field}>
          <span className="mono">{field.replace(/^assistant\./, '')}</span>: <span className="toned">{message}</span>
        </li>
      ))}
    </ul>
  );
}
