import type { Step } from '@gantry/contracts/http/execution';
import type { StepAttempt } from '@gantry/contracts/http/step-attempt';
import { Button, Group, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../api.ts';
import { durationText, Instant } from '../instant.tsx';
import { JsonView } from '../json-view.tsx';
import { Problem } from '../problem.tsx';
import { Status } from '../status.tsx';
import { stepName } from '../step-name.ts';
import { Failure } from './failure.tsx';

interface StepPanelProps {
  executionId: string;
  steps: readonly Step[];
  /** The one that is shown, counted from 0. */
  chosen: number;
  attempts: readonly StepAttempt[];
  /** Why the execution failed, as it stands above. */
  said: string | undefined;
}

/** One step: what it was given, what it gave, how often it was tried and why it failed. */
export function StepPanel({ executionId, steps, chosen, attempts, said }: StepPanelProps) {
  const step = steps[chosen];
  if (step === undefined) return null;
  const before = steps.slice(0, chosen).findLastIndex(({ outputId }) => outputId !== null);
  const output = (name: 'Output' | 'Input', index: number, none: string) => (
    <Output key={index} name={name} executionId={executionId} index={index} step={steps[index]} none={none} />
  );
  const failed = step.exceptionDetails !== null;
  const isSaidAbove = step.exceptionDetails?.message === said;
  const first = !failed ? 'output' : isSaidAbove ? 'options' : 'failure';
  return (
    <section className="panel" aria-label="Step">
      <div className="panel-body" style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 16px' }}>
        <strong className="some-lines" title={stepName(step)}>
          {stepName(step)}
        </strong>
        {step.name !== null && step.name !== step.ref && <span className="mono muted broken">{step.ref}</span>}
        <Status status={step.status} />
        {step.processingTime !== null && <span className="muted">{durationText(step.processingTime)}</span>}
        {step.reusedFrom !== null && (
          <span className="muted">
            taken over from{' '}
            <Link to="/executions/$id" params={{ id: step.reusedFrom }} className="link">
              an earlier run
            </Link>
          </span>
        )}
        {step.conditional !== null && <span className="mono muted broken">if {step.conditional}</span>}
      </div>
      <Tabs key={step.id} defaultValue={first} keepMounted={false}>
        <Tabs.List>
          {failed && <Tabs.Tab value="failure">Failure</Tabs.Tab>}
          <Tabs.Tab value="output">Output</Tabs.Tab>
          <Tabs.Tab value="input">Input</Tabs.Tab>
          <Tabs.Tab value="options">Options</Tabs.Tab>
          <Tabs.Tab value="attempts">Attempts ({Math.max(attempts.length, step.attempt)})</Tabs.Tab>
        </Tabs.List>
        <div className="panel-body">
          <Tabs.Panel value="failure">
            {step.exceptionDetails && <Failure details={step.exceptionDetails} />}
          </Tabs.Panel>
          <Tabs.Panel value="output">
            {output('Output', chosen, step.status === 'SUCCEEDED' ? 'It gave nothing.' : 'It has not given anything.')}
          </Tabs.Panel>
          <Tabs.Panel value="input">
            {output('Input', before, 'No step before it gave anything; it is given the context and the document.')}
          </Tabs.Panel>
          <Tabs.Panel value="options">
            <JsonView name="Options" value={step.options} />
          </Tabs.Panel>
          <Tabs.Panel value="attempts" className="scroll-x">
            <table className="dense">
              <thead>
                <tr>
                  <th>Attempt</th>
                  <th>Outcome</th>
                  <th>Started</th>
                  <th className="right">Took</th>
                  <th>Worker</th>
                  <th>Why</th>
                </tr>
              </thead>
              <tbody>
                {attempts.map((attempt) => (
                  <tr key={attempt.number}>
                    <td>{attempt.number}</td>
                    <td className="nowrap">{attempt.outcome.toLowerCase().replace('_', ' ')}</td>
                    <td className="nowrap">
                      <Instant at={attempt.startedAt} />
                    </td>
                    <td className="right nowrap">{durationText(attempt.durationMs)}</td>
                    <td className="mono">{attempt.workerId ?? '–'}</td>
                    <td>{attempt.exceptionDetails?.message ?? ''}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Tabs.Panel>
        </div>
      </Tabs>
    </section>
  );
}

interface OutputProps {
  name: 'Output' | 'Input';
  executionId: string;
  index: number;
  step: Step | undefined;
  none: string;
}

/** What a step gave. The record has small ones; large ones are read when they are asked for. */
function Output({ name, executionId, index, step, none }: OutputProps) {
  const large = useQuery({
    queryKey: ['output', executionId, index],
    queryFn: ({ signal }) => api.executions.output(executionId, index, { signal }),
    enabled: false,
    gcTime: 0,
  });
  if (step === undefined || step.outputId === null) return <span className="muted">{none}</span>;
  if (step.output !== undefined) return <JsonView name={name} value={step.output} />;
  if (large.data !== undefined) return <JsonView name={name} value={large.data} />;
  if (large.error) return <Problem error={large.error} onRetry={() => void large.refetch()} />;
  return (
    <Group gap="xs">
      <span className="muted">It is large.</span>
      <Button size="compact-sm" variant="default" loading={large.isFetching} onClick={() => void large.refetch()}>
        Show it
      </Button>
      <Button
        component="a"
        size="compact-sm"
        variant="default"
        href={`/api/executions/${executionId}/steps/${index}/output`}
        download={`${executionId}-${index}.json`}
      >
        Save
      </Button>
    </Group>
  );
}
