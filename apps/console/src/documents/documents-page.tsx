import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import { Badge, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useQueryText } from '../address.ts';
import { useAllowed } from '../allowed.ts';
import { api } from '../api.ts';
import { Instant } from '../instant.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Empty } from '../read.tsx';
import { Upload } from './upload.tsx';

const REFRESH_MS = 5_000;

/** Document families, newest first. */
export function DocumentsPage() {
  const [text, setText, query] = useQueryText();
  const mayUpload = useAllowed('events:write');
  const families = useList(
    ['families', query],
    (page) => api.documentFamilies.list({ sort: 'createdOn,desc', query: query || undefined, ...page }),
    REFRESH_MS,
  );
  return (
    <div>
      <PageHead title="Documents">
        <TextInput
          size="xs"
          aria-label="Search documents"
          placeholder="Search"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </PageHead>
      {mayUpload && <Upload />}
      <ListPanel
        label="Documents"
        list={families}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          query === '' ? (
            <Empty title="No documents yet">
              Upload the first one above, or send <code>CONTENT_CREATED</code> to <code>POST /api/events</code>.
            </Empty>
          ) : (
            <Empty title="No document matches" />
          )
        }
      />
    </div>
  );
}

const COLUMNS: readonly Column<DocumentFamily>[] = [
  {
    name: 'Path',
    className: 'clip',
    title: ({ path }) => path ?? undefined,
    cell: ({ id, path }) => (
      <Link to="/documents/$id" params={{ id }} className="link">
        {path ?? id}
      </Link>
    ),
  },
  { name: 'Store', className: 'mono hide-phone', cell: ({ storeRef }) => storeRef },
  {
    name: 'Labels',
    cell: ({ labels }) =>
      labels.map((label) => (
        <Badge key={label} size="sm" variant="default" tt="none" mr={4} miw="max-content">
          {label}
        </Badge>
      )),
  },
  { name: 'Created', className: 'nowrap hide-phone', cell: ({ createdOn }) => <Instant at={createdOn} /> },
];
