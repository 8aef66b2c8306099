import type { Execution } from '@gantry/contracts/http/execution';
import { Badge, Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import { durationText, Instant } from '../instant.tsx';
import { JsonView } from '../json-view.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';
import { ReadPage } from '../read-page.tsx';
import { Status } from '../status.tsx';
import { Contents } from './contents.tsx';
import { Labels } from './labels.tsx';

/** One document family: what assistants made of it, and its contents. */
export function DocumentPage() {
  const { id } = useParams({ from: '/documents/$id' });
  const mayChange = useAllowed('executions:write');
  const family = useQuery({
    queryKey: ['family', id],
    queryFn: ({ signal }) => api.documentFamilies.get(id, { signal }),
    refetchInterval: 5_000,
  });
  const reprocess = useMutation({
    mutationFn: () => api.documentFamilies.reprocess(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['family-executions', id] }),
  });
  return (
    <div>
      <ReadPage query={family} list={{ to: '/documents', name: 'Documents' }}>
        {({ path, labels, storeRef, metadata, contentObjects }) => (
          <>
            <PageHead title={path ?? id} list={{ to: '/documents', name: 'Documents' }}>
              {mayChange && (
                <Button size="xs" variant="default" loading={reprocess.isPending} onClick={() => reprocess.mutate()}>
                  Reprocess
                </Button>
              )}
            </PageHead>
            {reprocess.error && <Problem error={reprocess.error} />}
            <Group gap={10} mb={12}>
              <span className="mono muted">{storeRef}</span>
              {mayChange ? (
                <Labels familyId={id} labels={labels} />
              ) : (
                labels.map((label) => (
                  <Badge key={label} variant="default" tt="none">
                    {label}
                  </Badge>
                ))
              )}
            </Group>
            <div className="two">
              <section className="panel" aria-label="Contents">
                <h2>Contents</h2>
                <Contents familyId={id} objects={contentObjects} />
              </section>
              <Stack gap={14}>
                <Executions familyId={id} />
                <section className="panel" aria-label="Metadata">
                  <h2>Metadata</h2>
                  <div className="panel-body">
                    <JsonView name="Metadata" value={metadata} />
                  </div>
                </section>
              </Stack>
            </div>
          </>
        )}
      </ReadPage>
    </div>
  );
}

/** The history of the document, across assistants. */
function Executions({ familyId }: { familyId: string }) {
  const filter = `documentFamilyId eq '${familyId.replaceAll("'", "''")}'`;
  const assistants = useAssistants();
  const executions = useList(
    ['family-executions', familyId],
    (page) => api.executions.list({ filter, sort: 'createdOn,desc', ...page }),
    2_000,
  );
  const columns: readonly Column<Execution>[] = [
    { name: 'Status', cell: ({ status }) => <Status status={status} /> },
    {
      name: 'Assistant',
      cell: ({ id, assistantId }) => (
        <Link to="/executions/$id" params={{ id }} className="link" title={id}>
          {assistants.get(assistantId ?? '')?.name ?? <span className="mono">{id.slice(-12)}</span>}
        </Link>
      ),
    },
    { name: 'Created', className: 'nowrap', cell: ({ createdOn }) => <Instant at={createdOn} /> },
    { name: 'Took', className: 'right nowrap', cell: ({ processingTime }) => durationText(processingTime) },
  ];
  return (
    <ListPanel
      label="Executions"
      title="Executions"
      list={executions}
      columns={columns}
      keyOf={({ id }) => id}
      empty={<Empty title="No assistant has reacted to it">Connect one to its store, then reprocess it.</Empty>}
    />
  );
}
