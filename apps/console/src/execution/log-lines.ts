import type { ExecutionLog } from '@gantry/contracts/http/execution-log';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, queries } from '../api.ts';

export const MAX_LINES = 2_000;
const FOLLOW_MS = 2_000;

/** What the steps logged, oldest first. While it is followed what is new is read on; once all has run, all of it. */
export function useLogLines(id: string, { running, follow }: { running: boolean; follow: boolean }) {
  const queryKey = ['execution', id, 'logs', running];
  const { data = NONE } = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const read = running ? [...(queries.getQueryData<ExecutionLog[]>(queryKey) ?? NONE)] : [];
      for await (const line of api.executions.logs(id, { after: read.at(-1)?.id, signal })) {
        if (read.length === MAX_LINES) break;
        read.push(line);
      }
      return read;
    },
    placeholderData: keepPreviousData,
    refetchInterval: running && follow ? FOLLOW_MS : false,
  });
  return data;
}

const NONE: readonly ExecutionLog[] = [];
