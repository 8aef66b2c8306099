import { GantryError } from '@gantry/client/gantry-error';
import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import { Button, Checkbox, Skeleton } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { api } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import { useChanges } from '../changes.ts';
import { durationText, Instant } from '../instant.tsx';
import { usePageKeys } from '../page-keys.ts';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';
import { isQueued, Status } from '../status.tsx';
import { aboutText } from './about-text.ts';
import { useColumns } from './columns.ts';
import { ColumnsMenu } from './columns-menu.tsx';
import { COUNT_TO, counted } from './counted.ts';
import { useDocumentPaths } from './document-paths.ts';
import { About, StepDots } from './execution-cells.tsx';
import { FilterBar } from './filter-bar.tsx';
import { oneOf } from './one-of.ts';
import { NEWEST_FIRST, type Order, OrderHead } from './order.tsx';
import { Pager } from './pager.tsx';
import { rememberView } from './view.ts';

// With dialogs and forms that the list itself does without.
const BulkActions = lazy(() => import('./bulk-actions.tsx').then(({ BulkActions: of }) => ({ default: of })));

const PAGE_SIZE = 50;

const route = getRouteApi('/executions');

/** The list of executions, newest first: live, filtered, paged by cursor; the address says which. */
export function ExecutionsPage() {
  const search = route.useSearch();
  const { filter = '', sort = NEWEST_FIRST, cursor } = search;
  const navigate = useNavigate();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [everything, setEverything] = useState(false);
  const [current, setCurrent] = useState(-1);
  const [fresh, setFresh] = useState(0);
  const assistants = useAssistants();
  const columns = useColumns();
  const mayChange = useAllowed('executions:write');
  const queryKey = ['executions', filter, sort, cursor];
  const list = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      api.executions.list({
        filter: filter || undefined,
        sort,
        cursor,
        pageSize: PAGE_SIZE,
        countTo: COUNT_TO,
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.content ?? [];
  const paths = useDocumentPaths(rows);

  const clear = () => {
    setChosen(new Set());
    setEverything(false);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins anew.
  useEffect(() => {
    clear();
    setFresh(0);
    setCurrent(-1);
    rememberView(search);
  }, [filter, sort, cursor]);

  const onChanges = async (changes: readonly ExecutionChange[], reset: boolean) => {
    if (reset) return client.invalidateQueries({ queryKey: ['executions'] });
    const shown = new Set(rows.map(({ id }) => id));
    const touched = [...new Set(changes.map(({ executionId }) => executionId))];
    const [known, others] = [touched.filter((id) => shown.has(id)), touched.filter((id) => !shown.has(id))];
    if (known.length > 0) {
      const { content } = await api.executions.list({ filter: oneOf(known), pageSize: PAGE_SIZE });
      const byId = new Map(content.map((row) => [row.id, row]));
      client.setQueryData(
        queryKey,
        (page: typeof list.data) => page && { ...page, content: page.content.map((row) => byId.get(row.id) ?? row) },
      );
    }
    if (cursor !== undefined || sort !== NEWEST_FIRST || others.length === 0) return;
    const newest = rows[0];
    if (newest === undefined) return client.invalidateQueries({ queryKey: ['executions'] });
    const newer = `createdOn gt '${newest.createdOn}'`;
    const { totalElements } = await api.executions.list({
      filter: filter === '' ? newer : [filter, newer],
      pageSize: 1,
      countTo: COUNT_TO,
    });
    setFresh(totalElements);
  };
  useChanges((changes, reset) => void onChanges(changes, reset).catch(() => undefined));

  const showFresh = async () => {
    await client.invalidateQueries({ queryKey: ['executions'] });
    setFresh(0);
    window.scrollTo({ top: 0 });
  };
  const open = (id: string) => navigate({ to: '/executions/$id', params: { id } });
  usePageKeys([
    ['j', () => setCurrent((at) => Math.min(at + 1, rows.length - 1))],
    ['k', () => setCurrent((at) => Math.max(at - 1, 0))],
    ['Enter', () => rows[current] && void open(rows[current].id)],
    ['x', () => rows[current] && choose(rows[current].id)],
  ]);
  // What is gone to by keyboard may be beyond the edge.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row is marked by now.
  useEffect(() => {
    document.querySelector('tr[data-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const choose = (id: string) => {
    setEverything(false);
    setChosen((before) => (before.has(id) ? before.difference(new Set([id])) : new Set([...before, id])));
  };

  useDocumentTitle('Executions · Gantry');
  const mistake = list.error instanceof GantryError && list.error.status === 400 ? list.error : undefined;
  const total = list.data?.totalElements ?? 0;
  const bulkFilter = everything ? filter || "createdOn ge '2000-01-01'" : oneOf([...chosen]);
  return (
    <div>
      <div className="page-head">
        <h1>Executions</h1>
        {list.data && <span className="muted">{counted(list.data.totalElements)}</span>}
        {fresh > 0 && (
          <Button size="compact-sm" variant="light" onClick={() => void showFresh()}>
            {counted(fresh)} new
          </Button>
        )}
        <span className="grow" />
        <ColumnsMenu columns={columns} />
      </div>
      <FilterBar
        filter={filter}
        error={mistake && (Object.values(mistake.errors)[0] ?? mistake.message)}
        onFilter={(next) => void navigate({ to: '/executions', search: viewOf(next, search.sort) })}
      />
      {list.error && mistake === undefined && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {mistake === undefined && (
        <div className="panel scroll-x" data-stale={list.isPlaceholderData}>
          <table className="dense" aria-busy={list.isPlaceholderData}>
            <thead>
              <tr>
                <th style={{ width: 28 }}>
                  <Checkbox
                    size="xs"
                    aria-label="Choose all on this page"
                    disabled={rows.length === 0}
                    checked={rows.length > 0 && chosen.size === rows.length}
                    indeterminate={chosen.size > 0 && chosen.size < rows.length}
                    onChange={(event) => {
                      setEverything(false);
                      setChosen(new Set(event.currentTarget.checked ? rows.map(({ id }) => id) : []));
                    }}
                  />
                </th>
                <OrderHead name="Status" order={sort} filter={filter} />
                {columns.shows('Assistant') && <th className="hide-phone">Assistant</th>}
                <th>What it is about</th>
                {columns.shows('Steps') && <th className="hide-phone">Steps</th>}
                {columns.shows('Priority') && (
                  <OrderHead name="Priority" order={sort} filter={filter} className="right hide-phone" />
                )}
                {columns.shows('Created') && (
                  <OrderHead name="Created" order={sort} filter={filter} className="hide-phone" />
                )}
                {columns.shows('Took') && (
                  <OrderHead name="Took" order={sort} filter={filter} className="right hide-phone" />
                )}
              </tr>
            </thead>
            <tbody>
              {list.isPending && <SkeletonRows />}
              {rows.map((row, index) => (
                <tr key={row.id} data-current={index === current}>
                  <td>
                    <Checkbox
                      size="xs"
                      aria-label={`Choose ${aboutText(row, paths.get(row.documentFamilyId ?? ''))}`}
                      checked={everything || chosen.has(row.id)}
                      onChange={() => choose(row.id)}
                    />
                  </td>
                  <td>
                    <Link to="/executions/$id" params={{ id: row.id }} className="plain">
                      <Status status={row.status} queued={isQueued(row)} />
                    </Link>
                  </td>
                  {columns.shows('Assistant') && (
                    <td className="clip hide-phone">
                      {row.assistantId === null ? '–' : (assistants.get(row.assistantId)?.name ?? '–')}
                    </td>
                  )}
                  <td className="clip">
                    <About execution={row} path={paths.get(row.documentFamilyId ?? '')} />
                  </td>
                  {columns.shows('Steps') && (
                    <td className="hide-phone">
                      <StepDots execution={row} />
                    </td>
                  )}
                  {columns.shows('Priority') && <td className="right hide-phone">{row.priority}</td>}
                  {columns.shows('Created') && (
                    <td className="nowrap hide-phone">
                      <Instant at={row.createdOn} />
                    </td>
                  )}
                  {columns.shows('Took') && (
                    <td className="right nowrap hide-phone">{durationText(row.processingTime)}</td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
          {list.data?.empty &&
            (filter === '' ? (
              <Empty title="Nothing has run yet">
                Upload a file to{' '}
                <Link to="/documents" className="link">
                  Documents
                </Link>
                , or send an event to <code>POST /api/events</code>.
              </Empty>
            ) : (
              <Empty title="Nothing matches">Change the filter, or remove it.</Empty>
            ))}
        </div>
      )}
      {list.data !== undefined && <Pager page={list.data} search={search} />}
      {mayChange && (chosen.size > 0 || everything) && (
        <Suspense>
          <BulkActions
            filter={bulkFilter}
            count={everything ? total : chosen.size}
            total={total}
            onEverything={
              !everything && chosen.size === rows.length && total > rows.length ? () => setEverything(true) : undefined
            }
            onDone={clear}
          />
        </Suspense>
      )}
    </div>
  );
}

function viewOf(filter: string, sort: Order | undefined): ReturnType<typeof route.useSearch> {
  return { ...(filter === '' ? {} : { filter }), sort };
}

function SkeletonRows() {
  return Array.from({ length: 8 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike.
    <tr key={row}>
      <td colSpan={7}>
        <Skeleton height={14} my={3} />
      </td>
    </tr>
  ));
}
