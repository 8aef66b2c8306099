import type { ReactNode } from 'react';

/** The title of a page, and what can be done on it. */
export function PageHead({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="page-head">
      <h1>{title}</h1>
      <span className="grow" />
      {children}
    </div>
  );
}
