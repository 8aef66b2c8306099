import type { Execution } from '@gantry/contracts/http/execution';
import { Link } from '@tanstack/react-router';
import { durationText, Instant } from '../instant.tsx';
import { toneOf } from '../status.tsx';

/** The document, else what is said of it, else its steps; why it failed beside it. */
export function About({ execution, path: of }: { execution: Execution; path: string | undefined }) {
  const { id, description, context, exceptionDetails, createdOn, processingTime } = execution;
  const path = of ?? contextText(context, 'path') ?? description;
  return (
    <Link to="/executions/$id" params={{ id }} className="plain about" title={id}>
      <span>{path ?? stepNames(execution)}</span>
      {exceptionDetails && (
        <span className="toned about-problem" data-tone="bad">
          {exceptionDetails.message}
        </span>
      )}
      <span className="muted only-phone">
        <Instant at={createdOn} /> · {durationText(processingTime)}
      </span>
    </Link>
  );
}

/** Of an execution that is about nothing with a name. */
function stepNames({ pipeline }: Execution): string {
  return pipeline.steps.map(({ name, ref }) => name ?? ref.replace(/^module:\/\//, '')).join(', ');
}

function contextText(context: Execution['context'], name: string): string | undefined {
  const value = context[name];
  return typeof value === 'string' ? value : undefined;
}

/** One bar a step, coloured as its status; read out as a count. */
export function StepDots({ execution }: { execution: Execution }) {
  const { steps } = execution.pipeline;
  const done = steps.filter(({ status }) => status === 'SUCCEEDED' || status === 'SKIPPED').length;
  return (
    <span role="img" aria-label={`${done} of ${steps.length} steps done`} style={{ display: 'inline-flex', gap: 2 }}>
      {steps.slice(0, 12).map(({ id, status, ref }) => (
        <span
          key={id}
          title={`${ref}: ${status}`}
          data-tone={toneOf(status)}
          style={{
            width: 12,
            height: 8,
            borderRadius: 2,
            background: status === 'PENDING' ? 'var(--line)' : 'var(--tone)',
          }}
        />
      ))}
    </span>
  );
}
