import { GantryError } from '@gantry/client/gantry-error';
import type { WebhookInput } from '@gantry/contracts/http/webhook';
import { Button, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, queries } from '../api.ts';
import { FormDialog } from '../form-dialog.tsx';
import { ShownOnce } from '../shown-once.tsx';

type Event = WebhookInput['events'][number];

const EVENTS: Event[] = [
  'execution.failed',
  'execution.finished',
  'document-family.updated',
  'bulk-operation.finished',
  'alert.firing',
  'alert.resolved',
];

/** Makes a webhook; what its deliveries are signed with is shown this once. */
export function NewWebhook({ onClose }: { onClose: () => void }) {
  const [url, setUrl] = useState('');
  const [name, setName] = useState('');
  const [filter, setFilter] = useState('');
  const [events, setEvents] = useState<Event[]>(['execution.failed']);
  const create = useMutation({
    mutationFn: () => api.webhooks.create({ url, events, name: name || null, filter: filter || null }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const errors: Readonly<Record<string, string>> = create.error instanceof GantryError ? create.error.errors : {};
  if (create.data !== undefined) {
    return (
      <Modal opened onClose={onClose} title="The webhook is made" centered>
        <Stack gap="sm">
          {create.data.secret === '' ? (
            'Mails go out at most once a minute, with everything that waits.'
          ) : (
            <>
              What it is sent is signed with this secret, which is shown this once:{' '}
              <ShownOnce secret={create.data.secret} />
            </>
          )}
          <Button onClick={onClose}>Close</Button>
        </Stack>
      </Modal>
    );
  }
  return (
    <FormDialog
      title="New webhook"
      action="Make it"
      sending={create}
      isComplete={url !== '' && events.length > 0}
      saysErrors={Object.keys(errors).length > 0}
      onClose={onClose}
    >
      <TextInput
        label="Address"
        description="https://… or mailto: and a mailbox"
        placeholder="https://ops.example/gantry"
        data-autofocus
        required
        value={url}
        error={errors['url']}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <TextInput
        label="Name"
        placeholder="the host of the address"
        value={name}
        error={errors['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <MultiSelect label="Is told of" data={EVENTS} value={events} onChange={setEvents} />
      <TextInput
        label="Filter"
        description="As in the list of what the events are about"
        placeholder="priority ge 5"
        classNames={{ input: 'mono' }}
        value={filter}
        error={errors['filter']}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
