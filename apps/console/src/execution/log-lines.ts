import type { ExecutionLog } from '@gantry/contracts/http/execution-log';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, queries } from '../api.ts';

/** Lines that a page holds at most. */
const MAX_LINES = 3_000;
const LINES_AT_ONCE = 1_000;
const FOLLOW_MS = 2_000;

interface LogLines {
  /** The newest ones, oldest first. */
  lines: readonly ExecutionLog[];
  /** How many there are before them. */
  earlier: number;
}

/** The end of what the steps logged. While it is followed what is new is read on; once all has run it is read again. */
export function useLogLines(id: string, { running, follow }: { running: boolean; follow: boolean }) {
  const [wanted, setWanted] = useState(LINES_AT_ONCE);
  const queryKey = ['execution', id, 'logs', running, wanted];
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      readEnd(id, { known: running ? queries.getQueryData<LogLines>(queryKey) : undefined, wanted, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: running && follow ? FOLLOW_MS : false,
  });
  const read = data ?? NONE;
  const next = Math.min(read.lines.length + LINES_AT_ONCE, MAX_LINES);
  /** Not there when no more are held. */
  const showEarlier = read.lines.length < MAX_LINES ? () => setWanted(next) : undefined;
  const isBegun = data !== undefined;
  return { ...read, isBegun, error, readAgain: () => void refetch(), showEarlier, isReading: isPlaceholderData };
}

interface ReadOptions {
  known: LogLines | undefined;
  wanted: number;
  signal: AbortSignal;
}

/** Reads from the line on that was the last one, which may say something new. */
async function readEnd(id: string, { known = NONE, wanted, signal }: ReadOptions): Promise<LogLines> {
  const last = known.lines.at(-1);
  const filter = last && `id ge '${last.id}'`;
  const read: ExecutionLog[] = [];
  let total = 0;
  let cursor: string | null | undefined;
  while (cursor !== null && read.length < wanted) {
    const page = await api.executions.logPage(id, {
      ...{ filter, sort: 'id,desc', pageSize: LINES_AT_ONCE },
      ...{ cursor: cursor ?? undefined, signal },
    });
    read.push(...page.content);
    total = page.totalElements;
    cursor = page.nextCursor;
  }
  const before = known.lines.slice(0, -1);
  const skipped = total - read.length;
  const lines = [...(skipped > 0 ? [] : before), ...read.toReversed()];
  const all = known.earlier + before.length + total;
  const shown = lines.slice(-MAX_LINES);
  return { lines: shown, earlier: all - shown.length };
}

const NONE: LogLines = { lines: [], earlier: 0 };
