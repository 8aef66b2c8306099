import type { Execution } from '@gantry/contracts/http/execution';
import { Button, CopyButton, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { api } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import { aboutText } from '../executions/about-text.ts';
import { useDocumentPaths } from '../executions/document-paths.ts';
import { rememberedView } from '../executions/view.ts';
import { Fact } from '../fact.tsx';
import { durationText, Instant } from '../instant.tsx';
import { JsonView } from '../json-view.tsx';
import { Problem } from '../problem.tsx';
import { ReadPage } from '../read-page.tsx';
import { isQueued, Status, statusWord, UNFINISHED } from '../status.tsx';
import { stepName } from '../step-name.ts';
import { DocumentPanel } from './document-panel.tsx';
import { Failure } from './failure.tsx';
import { Logs } from './logs.tsx';
import { Children, Related } from './related.tsx';
import { RestartDialog } from './restart-dialog.tsx';
import { StepPanel } from './step-panel.tsx';
import { Timeline } from './timeline.tsx';

const route = getRouteApi('/executions/$id');

const POLL_MS = 1_000;

/** One execution: what ran when, what it was given and gave, why it failed, and what can be done about it. */
export function ExecutionPage() {
  const { id } = route.useParams();
  const query = useQuery({
    queryKey: ['execution', id],
    queryFn: async ({ signal }) => {
      const [execution, slices, attempts, messages] = await Promise.all([
        api.executions.get(id, { outputs: true, signal }),
        api.executions.slices(id, { signal }),
        api.executions.attempts(id, { signal }),
        api.executions.statusMessages(id, { signal }),
      ]);
      return { execution, slices, attempts, messages };
    },
    refetchInterval: ({ state: { data } }) => {
      const shown = data === undefined ? [] : [data.execution, ...data.execution.childExecutions];
      return shown.some(({ status }) => UNFINISHED.includes(status)) ? POLL_MS : false;
    },
  });
  return (
    <div>
      <ReadPage query={query} list={{ to: '/executions', name: 'Executions' }}>
        {(read) => <OneExecution key={id} {...read} />}
      </ReadPage>
    </div>
  );
}

type OneExecutionProps = {
  execution: Execution;
  slices: Awaited<ReturnType<typeof api.executions.slices>>;
  attempts: Awaited<ReturnType<typeof api.executions.attempts>>;
  messages: Awaited<ReturnType<typeof api.executions.statusMessages>>;
};

function OneExecution({ execution, slices, attempts, messages }: OneExecutionProps) {
  const steps = execution.pipeline.steps;
  const nowMs = useNow(UNFINISHED.includes(execution.status));
  const failing = steps.findIndex(({ status }) => status === 'FAILED');
  // The address says which step is looked at, so that it can be passed on.
  const { step: asked } = route.useSearch();
  const chosen = Math.min(asked ?? worthLooking(steps), steps.length - 1);
  /** The step that a restart would begin with. */
  const [restarting, setRestarting] = useState<number>();
  const navigate = useNavigate();
  const choose = (step: number) =>
    void navigate({
      to: '/executions/$id',
      params: { id: execution.id },
      search: { step },
      replace: true,
      resetScroll: false,
    });
  const client = useQueryClient();
  const assistants = useAssistants();
  const cancel = useMutation({
    mutationFn: () => api.executions.cancel(execution.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['execution', execution.id] }),
  });
  const mayChange = useAllowed('executions:write');
  const begin = Math.max(
    steps.findIndex(({ status }) => status !== 'SUCCEEDED' && status !== 'SKIPPED'),
    0,
  );
  const beginning = steps[begin];
  const open = UNFINISHED.includes(execution.status);
  const assistant = execution.assistantId === null ? undefined : assistants.get(execution.assistantId);
  const said = execution.statusDetails?.['message'];
  const detail = open && typeof said === 'string' ? said : undefined;
  const wrong = cancel.error;
  const paths = useDocumentPaths([execution]);
  const title = assistant?.name ?? execution.description ?? 'Execution';
  const about = aboutText(execution, paths.get(execution.documentFamilyId ?? ''));
  useDocumentTitle(`${title}, ${statusWord(execution)} · Gantry`);
  return (
    <div>
      <div className="page-head">
        <Link to="/executions" search={rememberedView()} className="link">
          Executions
        </Link>
        <span className="muted">/</span>
        <h1 className="some-lines" dir="auto" title={title}>
          {assistant ? (
            <Link to="/assistants/$id" params={{ id: assistant.id }} className="plain">
              {assistant.name}
            </Link>
          ) : (
            title
          )}
        </h1>
        {about !== title && (
          <span className="muted about-head" title={about}>
            {about}
          </span>
        )}
        <Status status={execution.status} queued={isQueued(execution)} detail={detail} />
        <CopyButton value={execution.id}>
          {({ copied, copy }) => (
            <button type="button" className="chip mono" onClick={copy} title={`Copy ${execution.id}`}>
              {copied ? 'copied' : execution.id.slice(-12)}
            </button>
          )}
        </CopyButton>
        <span className="grow" />
        {mayChange && open && (
          <Button
            size="compact-sm"
            color="red"
            variant="light"
            loading={cancel.isPending}
            disabled={execution.status === 'CANCELLING'}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </Button>
        )}
        {mayChange && !open && (
          <>
            {begin > 0 && (
              <Button size="compact-sm" variant="default" onClick={() => setRestarting(0)}>
                Run all again
              </Button>
            )}
            <Button
              size="compact-sm"
              variant={failing === -1 ? 'default' : 'filled'}
              onClick={() => setRestarting(begin)}
            >
              {begin === 0 ? 'Run again' : `Restart from ${beginning ? stepName(beginning) : ''}`}
            </Button>
          </>
        )}
      </div>
      <div className={execution.documentFamilyId === null ? '' : 'beside'}>
        <Stack gap={14}>
          {wrong && <Problem error={wrong} />}
          {execution.exceptionDetails && (
            <div className="panel panel-body">
              <Failure details={execution.exceptionDetails} group={execution.failureGroup} />
            </div>
          )}
          <section className="panel panel-body" aria-label="Facts">
            <Facts execution={execution} nowMs={nowMs} />
          </section>
          <section className="panel" aria-label="Timeline">
            <h2>Timeline</h2>
            <div className="panel-body">
              <Timeline {...{ execution, slices, attempts, chosen, nowMs }} onChoose={choose} />
            </div>
          </section>
          <StepPanel
            executionId={execution.id}
            steps={steps}
            chosen={chosen}
            attempts={attempts.filter((attempt) => attempt.step === chosen)}
            said={execution.exceptionDetails?.message}
          />
          <Children of={execution} />
          {messages.length > 0 && (
            <section className="panel" aria-label="Status messages">
              <h2>What it said</h2>
              <div className="panel-body">
                {messages.map(({ id, datetime, title, subtitle }) => (
                  <div key={id}>
                    <span className="muted">
                      <Instant at={datetime} />
                    </span>{' '}
                    {title} {subtitle !== null && <span className="muted">{subtitle}</span>}
                  </div>
                ))}
              </div>
            </section>
          )}
          <Logs execution={execution} onChoose={choose} />
          <section className="panel" aria-label="Context">
            <h2>Context</h2>
            <div className="panel-body">
              <JsonView name="Context" value={execution.context} />
            </div>
          </section>
        </Stack>
        {execution.documentFamilyId !== null && (
          <DocumentPanel familyId={execution.documentFamilyId} context={execution.context} />
        )}
      </div>
      {restarting !== undefined && (
        <RestartDialog
          execution={execution}
          fromStep={restarting}
          onClose={() => setRestarting(undefined)}
          onRestarted={(id) => void navigate({ to: '/executions/$id', params: { id } })}
        />
      )}
    </div>
  );
}

function Facts({ execution, nowMs }: { execution: Execution; nowMs: number }) {
  const replaced = useQuery({
    queryKey: ['execution', execution.id, 'replacing', execution.status],
    queryFn: ({ signal }) =>
      api.executions.list({ filter: `reprocessOf eq '${execution.id}'`, sort: 'createdOn,desc', pageSize: 5, signal }),
    enabled: !UNFINISHED.includes(execution.status),
  });
  const replacing = replaced.data?.content.map(({ id }) => id) ?? [];
  const { createdOn, startDate, endDate } = execution;
  const msUntil = (at: string | null) => (at === null ? nowMs : Date.parse(at));
  const waitedMs = Math.max(msUntil(startDate ?? endDate) - Date.parse(createdOn), 0);
  const ranMs = execution.processingTime ?? (startDate === null ? null : msUntil(endDate) - Date.parse(startDate));
  const { context, reprocessOf, duplicateOf, parentExecutionId } = execution;
  return (
    <dl className="facts">
      <Fact name="Created">
        <Instant at={execution.createdOn} />
      </Fact>
      <Fact name="Started">
        <Instant at={execution.startDate} />
      </Fact>
      <Fact name="Finished">
        <Instant at={execution.endDate} />
      </Fact>
      <Fact name="Waited for">{durationText(waitedMs)}</Fact>
      <Fact name="Ran for">{durationText(ranMs)}</Fact>
      <Fact name="Priority">{execution.priority}</Fact>
      {execution.revision !== null && <Fact name="Revision of the assistant">{execution.revision}</Fact>}
      <Fact name="Event">
        {typeof context['eventType'] === 'string' ? context['eventType'] : '–'}
        {execution.eventId !== null && (
          <Link
            to="/executions"
            search={{ filter: `eventId eq '${execution.eventId}'` }}
            className="link"
            style={{ display: 'block' }}
          >
            All that it started
          </Link>
        )}
      </Fact>
      {reprocessOf !== null && <Related name="Replaces" ids={[reprocessOf]} />}
      {replacing.length > 0 && <Related name="Replaced by" ids={replacing} />}
      {duplicateOf !== null && <Related name="Duplicate of" ids={[duplicateOf]} />}
      {parentExecutionId !== null && <Related name="Parent" ids={[parentExecutionId]} />}
    </dl>
  );
}

/** The step that failed, else the one that runs, else the one that ran last. */
function worthLooking(steps: Execution['pipeline']['steps']): number {
  const failed = steps.findIndex(({ status }) => status === 'FAILED');
  const began = steps.findLastIndex(({ status }) => status === 'RUNNING' || status === 'SUCCEEDED');
  return failed === -1 ? Math.max(began, 0) : failed;
}

/** The present moment, again and again while something moves. */
function useNow(moving: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, [moving]);
  return nowMs;
}
