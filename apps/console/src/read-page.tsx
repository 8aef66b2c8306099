import { GantryError } from '@gantry/client/gantry-error';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHead, type PageOfList } from './page-head.tsx';
import { Empty, Read } from './read.tsx';

interface ReadPageProps<Data> {
  query: UseQueryResult<Data>;
  list: PageOfList;
  children: (data: Data) => ReactNode;
}

/** The page of one thing of a list; where there is none of its id, the way back to the list. */
export function ReadPage<Data>({ query, list, children }: ReadPageProps<Data>) {
  const isGone = query.data === undefined && query.error instanceof GantryError && query.error.status === 404;
  if (!isGone) {
    const isUnread = query.data === undefined && query.error !== null;
    return (
      <>
        {isUnread && <PageHead title="Not read" list={list} />}
        <Read query={query}>{children}</Read>
      </>
    );
  }
  return (
    <>
      <PageHead title="Not found" list={list} />
      <section className="panel" aria-label="Not found">
        <Empty title="There is nothing of this id, or not any more">
          It may have been deleted, or its time to be kept is over.{' '}
          <Link to={list.to} className="link">
            {list.name}
          </Link>{' '}
          has what there is.
        </Empty>
      </section>
    </>
  );
}
