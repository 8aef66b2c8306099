import type { AssistantTrial, TrialTerm } from '@gantry/contracts/http/assistant-trial';
import { Autocomplete, Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { api } from '../api.ts';
import { JsonView } from '../json-view.tsx';
import { Problem } from '../problem.tsx';
import type { Draft } from './draft.ts';

const EVENT_TYPES = [
  ...['CONTENT_CREATED', 'CONTENT_UPDATED', 'DOCUMENT_FAMILY_CREATED', 'DOCUMENT_FAMILY_UPDATED'],
  ...['CHANNEL_MESSAGE_CREATED', 'TASK_CREATED', 'TASK_UPDATED', 'SCHEDULED', 'ASSISTANT'],
];

/** Would this event start it? Each part of the subscription says why, or why not. */
export function Trial({ draft }: { draft: Draft }) {
  const [eventType, setEventType] = useState('CONTENT_CREATED');
  const [store, setStore] = useState(
    () => draft.connections?.find(({ sourceType }) => sourceType === 'STORE')?.sourceRef ?? '',
  );
  const [path, setPath] = useState('inbox/invoice.pdf');
  const [labels, setLabels] = useState('');
  const trial = useMutation({
    mutationFn: () => {
      const isDocument = /^(CONTENT|DOCUMENT_FAMILY)_/.test(eventType);
      const documentFamily = { path, labels: labels.split(',').flatMap((label) => label.trim() || []) };
      const subject = isDocument ? { documentFamilyId: 'trial', documentFamily } : {};
      const source = store === '' ? {} : sourceOf(eventType, store);
      return api.assistants.dryRun({ assistant: draft, event: { eventType, ...subject, ...source } });
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    trial.mutate();
  };
  return (
    <form onSubmit={submit}>
      <div className="form-grid">
        <Autocomplete size="xs" label="Event" data={EVENT_TYPES} value={eventType} onChange={setEventType} required />
        <TextInput
          size="xs"
          label="From (store, channel or task)"
          value={store}
          onChange={(event) => setStore(event.currentTarget.value)}
        />
        <TextInput size="xs" label="Path" value={path} onChange={(event) => setPath(event.currentTarget.value)} />
        <TextInput
          size="xs"
          label="Labels, separated by commas"
          value={labels}
          onChange={(event) => setLabels(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" loading={trial.isPending}>
          Would it start?
        </Button>
      </div>
      {trial.error && <Problem error={trial.error} />}
      {trial.data?.hearing && <Reasons hearing={trial.data.hearing} />}
    </form>
  );
}

function sourceOf(eventType: string, id: string) {
  if (eventType.startsWith('CHANNEL_')) return { channelId: id };
  return eventType.startsWith('TASK_') ? { taskId: id } : { storeId: id };
}

function Reasons({ hearing }: { hearing: NonNullable<AssistantTrial['hearing']> }) {
  const { hears, subscription, connections, heardByType, facts } = hearing;
  return (
    <Stack gap={6} mt={12} role="status">
      <strong className="toned" data-tone={hears ? 'ok' : 'bad'}>
        {hears ? 'Yes, it would start.' : 'No, it would not start.'}
      </strong>
      <Terms title="Subscription" terms={subscription} />
      {connections.map(({ sourceRef, names, subscription: own }) => (
        <div key={sourceRef}>
          <Verdict holds={names || heardByType}>
            {names ? 'It comes from ' : 'It does not come from '}
            <code>{sourceRef}</code>
            {!names && heardByType && ', but events of this type need no connection'}
          </Verdict>
          {own[0] !== undefined && own[0].text !== '' && <Terms title="Subscription of this connection" terms={own} />}
        </div>
      ))}
      <details>
        <summary className="muted">What the subscription sees</summary>
        <JsonView name="Event" value={facts} />
      </details>
    </Stack>
  );
}

function Terms({ title, terms }: { title: string; terms: readonly TrialTerm[] }) {
  return (
    <div>
      <span className="muted">{title}</span>
      {terms.map(({ text, holds, joinedBy, depth }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they keep their order.
        <div key={index} style={{ paddingLeft: depth * 18 }}>
          <Verdict holds={holds}>
            <code>{text || 'every event'}</code>
            {joinedBy && <span className="muted"> {joinedBy === 'and' ? 'all of:' : 'one of:'}</span>}
          </Verdict>
        </div>
      ))}
    </div>
  );
}

function Verdict({ holds, children }: { holds: boolean; children: React.ReactNode }) {
  return (
    <div className="verdict" data-tone={holds ? 'ok' : 'bad'}>
      <span className="toned">{holds ? 'yes' : 'no'}</span>
      <span>{children}</span>
    </div>
  );
}
