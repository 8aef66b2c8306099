import type { Assistant } from '@gantry/contracts/http/assistant';
import { useQuery } from '@tanstack/react-query';
import { api } from './api.ts';

const NONE: ReadonlyMap<string, Assistant> = new Map();

/** The assistants by id; empty until they are read, or when this key may not read them. */
export function useAssistants(): ReadonlyMap<string, Assistant> {
  const { data } = useQuery({
    queryKey: ['assistants'],
    queryFn: async ({ signal }) => {
      const { content } = await api.assistants.list({ pageSize: 1_000, signal });
      return new Map(content.map((assistant) => [assistant.id, assistant]));
    },
    staleTime: 60_000,
  });
  return data ?? NONE;
}
