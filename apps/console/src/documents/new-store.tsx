import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, queries } from '../api.ts';
import { FormDialog } from '../form-dialog.tsx';
import { useProject } from '../project-field.tsx';

interface NewStoreProps {
  onMade: (storeRef: string) => void;
  onClose: () => void;
}

/** Makes a store: where documents are kept, and what assistants hear of. */
export function NewStore({ onMade, onClose }: NewStoreProps) {
  const [name, setName] = useState('');
  const project = useProject();
  const create = useMutation({
    mutationFn: async () => api.stores.create({ name, projectId: await project.id() }),
    onSuccess: async ({ storeRef }) => {
      await queries.invalidateQueries({ queryKey: ['stores'] });
      onMade(storeRef);
    },
  });
  return (
    <FormDialog
      title="New store"
      action="Make it"
      sending={create}
      isComplete={name !== '' && project.isChosen}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        placeholder="Inbox"
        data-autofocus
        value={name}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {project.field}
    </FormDialog>
  );
}
