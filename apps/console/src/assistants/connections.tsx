import type { Connection } from '@gantry/contracts/assistant-definition';
import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import type { Draft } from './draft.ts';

interface ConnectionsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  readOnly: boolean;
  error: string | undefined;
}

/** The stores whose documents it hears of. Channels, tasks and subscriptions of connections are written as YAML. */
export function Connections({ draft, onChange, readOnly, error }: ConnectionsProps) {
  const stores = useQuery({
    queryKey: ['stores'],
    queryFn: ({ signal }) => api.stores.list({ pageSize: 1_000, signal }),
  });
  const connections = draft.connections ?? [];
  const ofStores = connections.filter(({ sourceType }) => sourceType === 'STORE');
  const others = connections.filter(({ sourceType }) => sourceType !== 'STORE');
  const known = stores.data?.content.map(({ storeRef }) => storeRef) ?? [];
  const chosen = ofStores.map(({ sourceRef }) => sourceRef);
  return (
    <MultiSelect
      size="xs"
      label="Stores"
      description={
        others.length === 0
          ? 'Whose documents it hears of; none: all of its project'
          : `Whose documents it hears of; besides, ${others.map(({ sourceType, sourceRef }) => `${sourceType.toLowerCase()} ${sourceRef}`).join(', ')}`
      }
      searchable
      data={[...new Set([...known, ...chosen])]}
      value={chosen}
      readOnly={readOnly}
      error={error}
      onChange={(refs) => {
        const next = refs.map(
          (ref): Connection =>
            ofStores.find(({ sourceRef }) => sourceRef === ref) ?? { sourceType: 'STORE', sourceRef: ref },
        );
        onChange({ ...draft, connections: [...others, ...next] });
      }}
    />
  );
}
