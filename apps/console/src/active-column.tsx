import { Switch } from '@mantine/core';
import type { Column } from './list-panel.tsx';

interface Switched {
  id: string;
  name: string;
  active: boolean;
}

/** Switches each row of a list on and off. */
export function activeColumn(mayChange: boolean, change: (row: { id: string; active: boolean }) => void) {
  return {
    name: 'Active',
    cell: ({ id, name, active }) => (
      <Switch
        size="xs"
        checked={active}
        disabled={!mayChange}
        aria-label={`${name} is active`}
        onChange={(event) => change({ id, active: event.currentTarget.checked })}
      />
    ),
  } satisfies Column<Switched>;
}
