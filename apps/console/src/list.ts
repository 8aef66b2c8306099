import type { Page } from '@gantry/contracts/http/page';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';

const PAGE_SIZE = 50;

/** What a list of the api is asked for, besides what the page wants of it. */
interface PageRequest {
  cursor: string | undefined;
  pageSize: number;
  /** Nobody is shown how many there are. */
  countTo: number;
  signal: AbortSignal;
}

/** The rows of a list that have been read, and how to get at more. */
export interface Listed<Row> {
  /** Undefined until the first page is here. */
  rows: readonly Row[] | undefined;
  error: Error | null;
  hasMore: boolean;
  isReadingMore: boolean;
  readMore: () => void;
  readAgain: () => void;
}

/**
 * A list of the api, a page at a time; what is shown stays until what is asked for instead is here.
 * @param refreshMs how often it is read again
 */
export function useList<Row>(
  queryKey: readonly unknown[],
  read: (request: PageRequest) => Promise<Page<Row>>,
  refreshMs: number | false = false,
): Listed<Row> {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read({ cursor: pageParam, pageSize: PAGE_SIZE, countTo: 1, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  return {
    rows: data?.pages.flatMap(({ content }) => content),
    error,
    hasMore: hasNextPage,
    isReadingMore: isFetchingNextPage,
    readMore: () => void fetchNextPage(),
    readAgain: () => void refetch(),
  };
}
