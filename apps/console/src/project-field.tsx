import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, queries } from './api.ts';
import { Problem } from './problem.tsx';

const NEW = 'new';

export interface ChosenProject {
  field: ReactNode;
  isChosen: boolean;
  /** Of the project, which is made if it is a new one. */
  id: () => Promise<string>;
}

/** Asks to which project something belongs; where there is none, or it shall be another one, for the name of a new one. */
export function useProject(): ChosenProject {
  const [asked, setAsked] = useState<string>();
  const [name, setName] = useState('');
  const projects = useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => api.projects.list({ sort: 'name,asc', pageSize: 1_000, signal }),
  });
  const choices = projects.data?.content.map(({ id, name: label }) => ({ value: id, label })) ?? [];
  const chosen = asked ?? choices[0]?.value ?? NEW;
  const isNew = chosen === NEW && projects.data !== undefined;
  const field = (
    <>
      {projects.data === undefined && projects.error && (
        <Problem error={projects.error} onRetry={() => void projects.refetch()} />
      )}
      {choices.length > 0 && (
        <NativeSelect
          label="Project"
          data={[...choices, { value: NEW, label: 'A new project' }]}
          value={chosen}
          onChange={(event) => setAsked(event.currentTarget.value)}
        />
      )}
      {isNew && (
        <TextInput
          label={choices.length > 0 ? 'Name of the new project' : 'Project'}
          description={choices.length > 0 ? undefined : 'The first one: what belongs together stands in a project'}
          placeholder="Invoices"
          value={name}
          required
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
    </>
  );
  const id = async () => {
    if (!isNew) return chosen;
    const made = await api.projects.create({ name });
    setAsked(made.id);
    await queries.invalidateQueries({ queryKey: ['projects'] });
    return made.id;
  };
  return { field, isChosen: projects.data !== undefined && (!isNew || name !== ''), id };
}
