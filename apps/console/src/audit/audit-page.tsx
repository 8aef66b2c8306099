import type { AuditEntry } from '@gantry/contracts/http/audit-entry';
import { TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useQueryText } from '../address.ts';
import { api } from '../api.ts';
import { Instant } from '../instant.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Empty } from '../read.tsx';

/** Who did what, newest first. */
export function AuditPage() {
  const [text, setText, filter] = useQueryText();
  const entries = useList(['audit', filter], (page) =>
    api.audit.list({ filter: filter || undefined, sort: 'at,desc', ...page }),
  );
  return (
    <div>
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
      <ListPanel
        label="Entries"
        list={entries}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          filter === '' ? (
            <Empty title="Nothing was changed yet">What is changed here or through the API is written down.</Empty>
          ) : (
            <Empty title="Nothing matches">Change the filter, or remove it.</Empty>
          )
        }
      />
    </div>
  );
}

const detailsOf = ({ details }: AuditEntry) => (details === null ? '' : JSON.stringify(details));

const COLUMNS: readonly Column<AuditEntry>[] = [
  { name: 'When', className: 'nowrap', cell: ({ at }) => <Instant at={at} /> },
  { name: 'Key', className: 'nowrap', cell: ({ keyName }) => keyName },
  { name: 'What', cell: ({ action }) => action },
  {
    name: 'To',
    cell: (entry) => (
      <>
        {entry.resource.replaceAll('-', ' ')} <Target entry={entry} />
      </>
    ),
  },
  { name: 'Details', className: 'mono clip hide-phone', title: detailsOf, cell: detailsOf },
];

const PAGES = {
  execution: '/executions/$id',
  'document-family': '/documents/$id',
  assistant: '/assistants/$id',
  webhook: '/webhooks/$id',
} as const;

function Target({ entry }: { entry: AuditEntry }) {
  const { resource, resourceId } = entry;
  const name = nameOf(entry);
  const [text, className] = name === undefined ? [resourceId.slice(-12), 'link mono'] : [name, 'link'];
  if (resource === 'bulk-operation') {
    return (
      <Link to="/bulk" search={{ operation: resourceId }} className={className} title={resourceId}>
        {text}
      </Link>
    );
  }
  const gone = entry.action === 'delete';
  const to = gone ? undefined : Object.entries(PAGES).find(([each]) => each === resource)?.[1];
  if (to === undefined) {
    return (
      <span className={name === undefined ? 'mono' : ''} title={resourceId}>
        {text}
      </span>
    );
  }
  return (
    <Link to={to} params={{ id: resourceId }} className={className} title={resourceId}>
      {text}
    </Link>
  );
}

/** What people call it, where that was written down. */
function nameOf({ details }: AuditEntry): string | undefined {
  const name = ['name', 'ref', 'path', 'slug'].map((each) => details?.[each]).find((each) => typeof each === 'string');
  return typeof name === 'string' ? name : undefined;
}
