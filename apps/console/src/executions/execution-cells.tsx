import type { Execution } from '@gantry/contracts/http/execution';
import { Link } from '@tanstack/react-router';
import { durationText, Instant } from '../instant.tsx';
import { toneOf } from '../status.tsx';
import { aboutText } from './about-text.ts';

/** What it is about; why it failed beside it. */
export function About({ execution, path }: { execution: Execution; path: string | undefined }) {
  const { id, exceptionDetails, createdOn, processingTime } = execution;
  const about = aboutText(execution, path);
  const title = [about, exceptionDetails?.message, id].filter((each) => each !== undefined).join('\n');
  return (
    <Link to="/executions/$id" params={{ id }} className="plain about" title={title}>
      <span dir="auto">{about}</span>
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

/** More are counted. */
const MOST_BARS = 12;

/** One bar a step, coloured as its status; read out as a count. */
export function StepDots({ execution }: { execution: Execution }) {
  const { steps } = execution.pipeline;
  const done = steps.filter(({ status }) => status === 'SUCCEEDED' || status === 'SKIPPED').length;
  return (
    <span
      role="img"
      aria-label={`${done} of ${steps.length} steps done`}
      style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}
    >
      {steps.slice(0, MOST_BARS).map(({ id, status, ref }) => (
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
      {steps.length > MOST_BARS && <span className="muted tabular">+{steps.length - MOST_BARS}</span>}
    </span>
  );
}
