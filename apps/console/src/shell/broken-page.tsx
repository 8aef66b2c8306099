import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';

/** Stands where a page could not be shown: for a fault of its own, or as a part of it could not be fetched. */
export function BrokenPage({ error }: ErrorComponentProps) {
  return (
    <div>
      <PageHead title="This page could not be shown">
        <Button size="compact-sm" onClick={() => window.location.reload()}>
          Load it again
        </Button>
      </PageHead>
      <Problem error={error instanceof Error ? error : new Error(String(error))} />
    </div>
  );
}
