import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { api, queries } from '../api.ts';
import { Problem } from '../problem.tsx';

/** Makes an assistant that is not active yet: what it hears and runs is said on its page. */
export function NewAssistant({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [project, setProject] = useState<string>();
  const navigate = useNavigate();
  const projects = useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => api.projects.list({ sort: 'name,asc', pageSize: 1_000, signal }),
  });
  const choices = projects.data?.content.map(({ id, name: label }) => ({ value: id, label })) ?? [];
  const projectId = project ?? choices[0]?.value;
  const create = useMutation({
    mutationFn: () => api.assistants.create(projectId ?? '', { name, active: false, subscription: 'CONTENT_CREATED' }),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['assistant-list'] });
      await navigate({ to: '/assistants/$id', params: { id } });
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="New assistant" centered>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            data-autofocus
            value={name}
            required
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label="Project"
            data={choices}
            value={projectId ?? ''}
            onChange={(event) => setProject(event.currentTarget.value)}
          />
          <p className="muted" style={{ margin: 0 }}>
            It hears nothing until it has stores and steps, and is switched on.
          </p>
          {create.error && <Problem error={create.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={create.isPending} disabled={name === '' || projectId === undefined}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
