import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { FormDialog } from './form-dialog.tsx';
import { useProject } from './project-field.tsx';

interface NewInProjectProps {
  title: string;
  placeholder?: string;
  make: (named: { name: string; projectId: string }) => Promise<void>;
  onClose: () => void;
  children?: ReactNode;
}

/** Makes something that has a name and belongs to a project. */
export function NewInProject({ title, placeholder, make, onClose, children }: NewInProjectProps) {
  const [name, setName] = useState('');
  const project = useProject();
  const create = useMutation({ mutationFn: async () => make({ name, projectId: await project.id() }) });
  return (
    <FormDialog
      title={title}
      action="Make it"
      sending={create}
      isComplete={name !== '' && project.isChosen}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        placeholder={placeholder}
        data-autofocus
        value={name}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {project.field}
      {children}
    </FormDialog>
  );
}
