import type { Execution } from '@gantry/contracts/http/execution';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';

const NONE: ReadonlyMap<string, string> = new Map();

/** The paths of the documents that executions are about, by document family. */
export function useDocumentPaths(rows: readonly Execution[]): ReadonlyMap<string, string> {
  const ids = [...new Set(rows.flatMap(({ documentFamilyId }) => documentFamilyId ?? []))].sort();
  const { data } = useQuery({
    queryKey: ['document-paths', ids],
    queryFn: async ({ signal }) => {
      const filter = `id in (${ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(',')})`;
      const { content } = await api.documentFamilies.list({ filter, pageSize: ids.length, signal });
      return new Map(content.flatMap(({ id, path }) => (path === null ? [] : [[id, path] as const])));
    },
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return data ?? NONE;
}
