import type { Execution } from '@gantry/contracts/http/execution';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { oneOf } from './one-of.ts';

const NONE: ReadonlyMap<string, string> = new Map();

/** The paths of the documents that executions are about, by document family. */
export function useDocumentPaths(rows: readonly Execution[]): ReadonlyMap<string, string> {
  const ids = [...new Set(rows.flatMap(({ documentFamilyId }) => documentFamilyId ?? []))].sort();
  const { data } = useQuery({
    queryKey: ['document-paths', ids],
    queryFn: async ({ signal }) => {
      const { content } = await api.documentFamilies.list({ filter: oneOf(ids), pageSize: ids.length, signal });
      return new Map(content.flatMap(({ id, path }) => (path === null ? [] : [[id, path] as const])));
    },
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return data ?? NONE;
}
