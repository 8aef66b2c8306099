import { NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, queries } from '../api.ts';
import { FormDialog } from '../form-dialog.tsx';

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
  return (
    <FormDialog
      title="New assistant"
      action="Make it"
      sending={create}
      isComplete={name !== '' && projectId !== undefined}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}
