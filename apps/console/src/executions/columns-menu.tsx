import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconColumns3 } from '@tabler/icons-react';
import { COLUMNS, type ShownColumns } from './columns.ts';

/** Chooses what the list shows of each execution. */
export function ColumnsMenu({ columns }: { columns: ShownColumns }) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="Columns">
          <IconColumns3 size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {COLUMNS.map((column) => (
          <Menu.Item
            key={column}
            role="menuitemcheckbox"
            aria-checked={columns.shows(column)}
            leftSection={columns.shows(column) ? <IconCheck size={14} /> : <span style={{ width: 14 }} />}
            onClick={() => columns.toggle(column)}
          >
            {column}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
