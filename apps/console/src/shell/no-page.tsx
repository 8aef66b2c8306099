import { Link } from '@tanstack/react-router';
import { PageHead } from '../page-head.tsx';
import { Empty } from '../read.tsx';

/** Stands where an address leads to nothing. */
export function NoPage() {
  return (
    <div>
      <PageHead title="No such page" />
      <section className="panel" aria-label="No such page">
        <Empty title="There is nothing at this address">
          Go to the{' '}
          <Link to="/" className="link">
            Overview
          </Link>
          , or press Ctrl K to find a page, an assistant or an execution.
        </Empty>
      </section>
    </div>
  );
}
