import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, queries } from '../api.ts';
import { FormDialog } from '../form-dialog.tsx';
import { useProject } from '../project-field.tsx';

/** Makes an assistant that is not active yet: what it hears and runs is said on its page. */
export function NewAssistant({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const project = useProject();
  const create = useMutation({
    mutationFn: async () =>
      api.assistants.create(await project.id(), { name, active: false, subscription: 'CONTENT_CREATED' }),
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
      isComplete={name !== '' && project.isChosen}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        data-autofocus
        value={name}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {project.field}
      <p className="muted" style={{ margin: 0 }}>
        It hears nothing until it has stores and steps, and is switched on.
      </p>
    </FormDialog>
  );
}
