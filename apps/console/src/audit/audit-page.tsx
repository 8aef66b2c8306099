import type { AuditEntry } from '@gantry/contracts/http/audit-entry';
import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api.ts';
import { Instant } from '../instant.tsx';
import { PageHead } from '../page-head.tsx';
import { Empty, Read } from '../read.tsx';

const PAGE_SIZE = 50;

const TYPING_MS = 400;

/** Who did what, newest first. */
export function AuditPage() {
  const [text, setText] = useState('');
  const [filter] = useDebouncedValue(text.trim(), TYPING_MS);
  const entries = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) =>
      api.audit.list({ filter: filter || undefined, sort: 'at,desc', pageSize: PAGE_SIZE, cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  return (
    <main>
      <PageHead title="Audit">
        <TextInput
          size="xs"
          aria-label="Filter"
          placeholder="resource eq 'assistant'"
          classNames={{ input: 'mono' }}
          miw="16rem"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </PageHead>
      <section className="panel" aria-label="Entries">
        <Read query={entries}>
          {({ pages }) => {
            const rows = pages.flatMap(({ content }) => content);
            if (rows.length === 0) {
              return <Empty title="Nothing to show">What is changed here or through the API is written down.</Empty>;
            }
            return (
              <div className="scroll-x">
                <table className="dense">
                  <thead>
                    <tr>
                      <th>When</th>
                      <th>Key</th>
                      <th>What</th>
                      <th>To</th>
                      <th className="hide-phone">Details</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((entry) => (
                      <tr key={entry.id}>
                        <td className="nowrap">
                          <Instant at={entry.at} />
                        </td>
                        <td>{entry.keyName}</td>
                        <td>{entry.action}</td>
                        <td>
                          {entry.resource} <Target entry={entry} />
                        </td>
                        <td className="mono clip hide-phone" title={JSON.stringify(entry.details)}>
                          {entry.details === null ? '' : JSON.stringify(entry.details)}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
                {entries.hasNextPage && (
                  <div className="panel-body">
                    <Button
                      size="xs"
                      variant="default"
                      loading={entries.isFetchingNextPage}
                      onClick={() => void entries.fetchNextPage()}
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

const PAGES = {
  execution: '/executions/$id',
  'document-family': '/documents/$id',
  assistant: '/assistants/$id',
} as const;

function Target({ entry: { resource, resourceId } }: { entry: AuditEntry }) {
  const to = Object.entries(PAGES).find(([name]) => name === resource)?.[1];
  if (to === undefined) return <span className="mono">{resourceId.slice(-12)}</span>;
  return (
    <Link to={to} params={{ id: resourceId }} className="link mono" title={resourceId}>
      {resourceId.slice(-12)}
    </Link>
  );
}
