import { Badge, Button, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { api } from '../api.ts';
import { Instant } from '../instant.tsx';
import { PageHead } from '../page-head.tsx';
import { Empty, Read } from '../read.tsx';
import { Upload } from './upload.tsx';

const PAGE_SIZE = 50;

/** Document families, newest first. */
export function DocumentsPage() {
  const [query, setQuery] = useState('');
  const mayUpload = useAllowed('events:write');
  const families = useInfiniteQuery({
    queryKey: ['families', query],
    queryFn: ({ pageParam, signal }) =>
      api.documentFamilies.list({
        sort: 'createdOn,desc',
        pageSize: PAGE_SIZE,
        cursor: pageParam,
        query: query === '' ? undefined : query,
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: 5_000,
  });
  return (
    <main>
      <PageHead title="Documents">
        <TextInput
          size="xs"
          aria-label="Search documents"
          placeholder="Search"
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      </PageHead>
      {mayUpload && <Upload />}
      <section className="panel" aria-label="Documents">
        <Read query={families}>
          {({ pages }) => {
            const rows = pages.flatMap(({ content }) => content);
            if (rows.length === 0) {
              return query === '' ? (
                <Empty title="No documents yet">Upload the first one above, or send CONTENT_CREATED.</Empty>
              ) : (
                <Empty title="No document matches" />
              );
            }
            return (
              <div className="scroll-x">
                <table className="dense">
                  <thead>
                    <tr>
                      <th>Path</th>
                      <th className="hide-phone">Store</th>
                      <th>Labels</th>
                      <th>Created</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map(({ id, path, storeRef, labels, createdOn }) => (
                      <tr key={id}>
                        <td className="clip">
                          <Link to="/documents/$id" params={{ id }} className="link">
                            {path ?? id}
                          </Link>
                        </td>
                        <td className="mono hide-phone">{storeRef}</td>
                        <td>
                          {labels.map((label) => (
                            <Badge key={label} size="sm" variant="default" tt="none" mr={4}>
                              {label}
                            </Badge>
                          ))}
                        </td>
                        <td className="nowrap">
                          <Instant at={createdOn} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
                {families.hasNextPage && (
                  <div className="panel-body">
                    <Button
                      size="xs"
                      variant="default"
                      loading={families.isFetchingNextPage}
                      onClick={() => void families.fetchNextPage()}
                    >
                      More
                    </Button>
                  </div>
                )}
              </div>
            );
          }}
        </Read>
      </section>
    </main>
  );
}
