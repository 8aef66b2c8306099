import { Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import type { PAGES } from './pages.ts';

interface PaletteProps {
  pages: readonly (typeof PAGES)[number][];
  onClose: () => void;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const MOST_SHOWN = 12;

interface Place {
  name: string;
  /** It is found by that too. */
  id?: string;
  kind: string;
  go: () => Promise<void>;
}

/** Goes to a page, an assistant, or whatever an id is of. */
export function Palette({ pages, onClose }: PaletteProps) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const assistants = useAssistants();
  const wanted = text.trim().toLowerCase();
  const id = UUID.test(wanted) ? wanted : '';
  const named = useQuery({
    queryKey: ['palette', id],
    queryFn: async ({ signal }) => (await api.executions.list({ filter: `id eq '${id}'`, signal })).content[0] ?? null,
    enabled: id !== '',
  });
  const family = useQuery({
    queryKey: ['palette', 'document', id],
    queryFn: async ({ signal }) =>
      (await api.documentFamilies.list({ filter: `id eq '${id}'`, signal })).content[0] ?? null,
    enabled: id !== '',
  });
  const failed = "status eq 'FAILED'";
  const places: Place[] = [
    ...(named.data
      ? [{ name: id, kind: 'execution', go: () => navigate({ to: '/executions/$id', params: { id } }) }]
      : []),
    ...(family.data
      ? [
          {
            name: family.data.path ?? id,
            id,
            kind: 'document',
            go: () => navigate({ to: '/documents/$id', params: { id } }),
          },
        ]
      : []),
    ...pages.map(({ to, name }) => ({ name, kind: 'page', go: () => navigate({ to }) })),
    { name: 'Failed executions', kind: 'list', go: () => navigate({ to: '/executions', search: { filter: failed } }) },
    ...[...assistants.values()].map((assistant) => ({
      name: assistant.name,
      id: assistant.id,
      kind: 'assistant',
      go: () => navigate({ to: '/assistants/$id', params: { id: assistant.id } }),
    })),
  ];
  const isMeant = (place: Place) => place.name.toLowerCase().includes(wanted) || (id !== '' && place.id === id);
  const shown = places.filter(isMeant).slice(0, MOST_SHOWN);
  const take = (place: Place | undefined) => {
    if (place === undefined) return;
    onClose();
    void place.go();
  };
  return (
    <Modal opened onClose={onClose} withCloseButton={false} aria-label="Go to" yOffset="12vh">
      <TextInput
        data-autofocus
        aria-label="Go to"
        placeholder="A page, an assistant, or the id of anything"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (by !== undefined) {
            event.preventDefault();
            setAt(Math.max(0, Math.min(at + by, shown.length - 1)));
          }
          if (event.key === 'Enter') take(shown[at]);
        }}
      />
      <div className="palette">
        {shown.map((place, index) => (
          <button
            key={`${place.kind} ${place.id ?? place.name}`}
            type="button"
            data-current={index === at}
            onClick={() => take(place)}
          >
            {place.name} <span className="muted">{place.kind}</span>
          </button>
        ))}
        {shown.length === 0 && !named.isFetching && !family.isFetching && (
          <p className="muted">{id === '' ? 'Nothing is called so.' : 'Nothing has that id.'}</p>
        )}
      </div>
    </Modal>
  );
}
