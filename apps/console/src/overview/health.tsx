import type { ModuleRuntime } from '@gantry/contracts/http/module-runtime';
import type { Overview } from '@gantry/contracts/http/overview';
import { Link } from '@tanstack/react-router';
import { durationText } from '../instant.tsx';

interface HealthProps {
  overview: Overview;
  runtimes: readonly ModuleRuntime[];
}

interface Advice {
  tone: 'bad' | 'wait';
  text: string;
  todo: string;
  to: '/runtimes' | '/executions';
}

const LONG_WAIT_MS = 300_000;

/** Of those that ended in the last hour. */
const MANY_FAIL = 0.2;

/** Is everything healthy, and if not, what to do. */
export function Health({ overview, runtimes }: HealthProps) {
  const advice = adviceOn(overview, runtimes);
  return (
    <section className="panel panel-body health" aria-label="Health" data-tone={advice[0]?.tone ?? 'ok'}>
      {advice.length === 0 && (
        <div>
          <strong className="toned">Everything is healthy.</strong>{' '}
          <span className="muted">
            Workers serve every runtime, nothing waits long, little failed in the last hour.
          </span>
        </div>
      )}
      {advice.map(({ tone, text, todo, to }) => (
        <div key={text} data-tone={tone}>
          <strong className="toned">{text}</strong> {todo}{' '}
          <Link to={to} search={to === '/executions' ? { filter: "status eq 'FAILED'" } : {}} className="link">
            Look
          </Link>
        </div>
      ))}
    </section>
  );
}

function adviceOn({ lastHour, oldestPending, asOf, pauses }: Overview, runtimes: readonly ModuleRuntime[]): Advice[] {
  const unserved = runtimes.filter(({ workers, queueDepth }) => workers === 0 && queueDepth > 0);
  const slow = runtimes.filter(({ workers, oldestWaitMs }) => workers > 0 && (oldestWaitMs ?? 0) > LONG_WAIT_MS);
  const pendingMs = oldestPending ? Date.parse(asOf) - Date.parse(oldestPending.createdOn) : 0;
  return [
    ...(pauses.length > 0 ? [adviceOnPauses(pauses)] : []),
    ...unserved.map(({ ref, queueDepth }): Advice => {
      const text = `No worker serves ${ref}: ${queueDepth.toLocaleString()} wait.`;
      return {
        tone: 'bad',
        text,
        todo: `Start a worker that does, or name ${ref} in its WORKER_RUNTIMES.`,
        to: '/runtimes',
      };
    }),
    ...((lastHour.failureRate ?? 0) > MANY_FAIL
      ? [
          {
            tone: 'bad',
            text: `${Math.round(100 * (lastHour.failureRate ?? 0))} % of the last hour failed.`,
            todo: 'The causes are below: mend the commonest, then restart what it failed.',
            to: '/executions',
          } as const,
        ]
      : []),
    ...slow.map(({ ref, oldestWaitMs }): Advice => {
      const text = `${ref} is behind: the oldest waits ${durationText(oldestWaitMs)}.`;
      return { tone: 'wait', text, todo: 'Start more workers, or raise WORKER_CONCURRENCY.', to: '/runtimes' };
    }),
    ...(pendingMs > LONG_WAIT_MS && slow.length === 0 && unserved.length === 0
      ? [
          {
            tone: 'wait',
            text: `The oldest waits ${durationText(pendingMs)} to be planned.`,
            todo: 'Look whether the scheduler is ready, and whether Redis is.',
            to: '/runtimes',
          } as const,
        ]
      : []),
  ];
}

/** One line, however much is paused. */
function adviceOnPauses(pauses: Overview['pauses']): Advice {
  const names = pauses.map(({ kind, target, reason }) => {
    const name = kind === 'everything' ? kind : `${kind} ${target}`;
    return reason === null ? name : `${name} (${reason})`;
  });
  const todo = 'Nothing new of it starts; `gantry admin resume` lets it go on.';
  return { tone: 'wait', text: `Paused: ${names.join(', ')}.`, todo, to: '/runtimes' };
}
