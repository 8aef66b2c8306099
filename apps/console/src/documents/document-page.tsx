import { Badge, Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { durationText, Instant } from '../instant.tsx';
import { JsonView } from '../json-view.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty, Read } from '../read.tsx';
import { Status } from '../status.tsx';
import { Contents } from './contents.tsx';

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
    <main>
      <Read query={family}>
        {({ path, labels, storeRef, metadata, contentObjects }) => (
          <>
            <PageHead title={path ?? id}>
              {mayChange && (
                <Button size="xs" variant="default" loading={reprocess.isPending} onClick={() => reprocess.mutate()}>
                  Reprocess
                </Button>
              )}
            </PageHead>
            {reprocess.error && <Problem error={reprocess.error} />}
            <Group gap={6} mb={12}>
              <span className="mono muted">{storeRef}</span>
              {labels.map((label) => (
                <Badge key={label} variant="default" tt="none">
                  {label}
                </Badge>
              ))}
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
                    <JsonView value={metadata} />
                  </div>
                </section>
              </Stack>
            </div>
          </>
        )}
      </Read>
    </main>
  );
}

function Executions({ familyId }: { familyId: string }) {
  const filter = `documentFamilyId eq '${familyId.replaceAll("'", "''")}'`;
  const executions = useQuery({
    queryKey: ['family-executions', familyId],
    queryFn: ({ signal }) => api.executions.list({ filter, sort: 'createdOn,desc', pageSize: 20, signal }),
    refetchInterval: 2_000,
  });
  return (
    <section className="panel" aria-label="Executions">
      <h2>Executions</h2>
      <Read query={executions}>
        {({ content }) =>
          content.length === 0 ? (
            <Empty title="No assistant has reacted to it" />
          ) : (
            <table className="dense">
              <tbody>
                {content.map((execution) => (
                  <tr key={execution.id}>
                    <td>
                      <Status status={execution.status} />
                    </td>
                    <td>
                      <Link to="/executions/$id" params={{ id: execution.id }} className="link mono">
                        {execution.id.slice(-12)}
                      </Link>
                    </td>
                    <td className="nowrap">
                      <Instant at={execution.createdOn} />
                    </td>
                    <td className="right nowrap">{durationText(execution.processingTime)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Read>
    </section>
  );
}
