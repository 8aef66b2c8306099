import type { Step } from '@gantry/contracts/http/execution';
import type { StepAttempt } from '@gantry/contracts/http/step-attempt';
import { Tabs } from '@mantine/core';
import { durationText, Instant } from '../instant.tsx';
import { JsonView } from '../json-view.tsx';
import { Status } from '../status.tsx';
import { Failure } from './failure.tsx';

interface StepPanelProps {
  step: Step;
  /** What the step before it gave. */
  input: unknown;
  attempts: readonly StepAttempt[];
}

/** One step: what it was given, what it gave, how often it was tried and why it failed. */
export function StepPanel({ step, input, attempts }: StepPanelProps) {
  const failed = step.exceptionDetails !== null;
  return (
    <section className="panel" aria-label="Step">
      <div className="panel-body" style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 16px' }}>
        <strong>{step.name ?? step.ref}</strong>
        <span className="mono muted">{step.ref}</span>
        <Status status={step.status} />
        <span className="muted">{durationText(step.processingTime)}</span>
        {step.conditional !== null && <span className="mono muted">if {step.conditional}</span>}
      </div>
      <Tabs key={step.id} defaultValue={failed ? 'failure' : 'output'} keepMounted={false}>
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
            <Value
              value={step.output}
              none={step.outputId === null ? 'It gave nothing.' : 'It is too large to show.'}
            />
          </Tabs.Panel>
          <Tabs.Panel value="input">
            <Value value={input} none="No step before it gave anything." />
          </Tabs.Panel>
          <Tabs.Panel value="options">
            <JsonView value={step.options} />
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

function Value({ value, none }: { value: unknown; none: string }) {
  return value === undefined ? <span className="muted">{none}</span> : <JsonView value={value} />;
}
