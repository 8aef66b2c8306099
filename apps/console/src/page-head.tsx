import { useDocumentTitle } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** The list that a page is a row of. */
export interface PageOfList {
  to: '/executions' | '/documents' | '/assistants' | '/webhooks';
  name: string;
}

interface PageHeadProps {
  title: string;
  list?: PageOfList;
  /** What can be done on the page. */
  children?: ReactNode;
}

/** The title of a page, and what can be done on it. */
export function PageHead({ title, list, children }: PageHeadProps) {
  useDocumentTitle(`${title} · Gantry`);
  return (
    <div className="page-head">
      {list && (
        <>
          <Link to={list.to} className="link">
            {list.name}
          </Link>
          <span className="muted">/</span>
        </>
      )}
      <h1 className="some-lines" dir="auto" title={title}>
        {title}
      </h1>
      <span className="grow" />
      {children}
    </div>
  );
}
