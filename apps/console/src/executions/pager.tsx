import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { Button, Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { counted } from './counted.ts';
import type { ExecutionsSearch } from './view.ts';

/** By the cursor of a page: the page that led to it. */
const before = new Map<string, ExecutionsSearch>();

interface PagerProps {
  page: Page<Execution>;
  search: ExecutionsSearch;
}

/** Which rows are shown of how many, and the way to the others. */
export function Pager({ page: { pageable, numberOfElements, totalElements, nextCursor }, search }: PagerProps) {
  const navigate = useNavigate();
  const { cursor } = search;
  if (cursor === undefined && nextCursor === null) return null;
  const previous = before.get(cursor ?? '');
  const { cursor: _, ...first } = search;
  const go = (to: ExecutionsSearch) => void navigate({ to: '/executions', search: to });
  const next = () => {
    if (nextCursor === null) return;
    before.set(nextCursor, search);
    go({ ...search, cursor: nextCursor });
  };
  return (
    <Group mt="sm" gap="xs">
      <Button size="compact-sm" variant="default" disabled={cursor === undefined} onClick={() => go(first)}>
        First
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={previous === undefined}
        onClick={() => previous && go(previous)}
      >
        Previous
      </Button>
      <Button size="compact-sm" variant="default" disabled={nextCursor === null} onClick={next}>
        Next
      </Button>
      <span className="muted tabular">
        {(pageable.offset + 1).toLocaleString()} to {(pageable.offset + numberOfElements).toLocaleString()} of{' '}
        {counted(totalElements)}
      </span>
    </Group>
  );
}
