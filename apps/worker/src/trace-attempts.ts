import type { SpanReport } from '@gantry/runners/step-result';
import { type BegunSpan, beginSpan, currentTraceparent, isTracing } from '@gantry/service/spans';
import type { AttemptInTurn, StepAttempt } from './step-attempt.ts';

/** Makes each attempt a span, with what its module adds below it; then each is a turn of its own. */
export function traceAttempts(attempt: AttemptInTurn): AttemptInTurn {
  return (given, ahead) => {
    const parent = currentTraceparent() ?? given.job.traceparent ?? null;
    return isTracing() ? traced(attempt, given, parent) : attempt({ ...given, traceparent: parent }, ahead);
  };
}

async function* traced(attempt: AttemptInTurn, given: StepAttempt, parent: string | null): ReturnType<AttemptInTurn> {
  const { job, step, index } = given;
  const attributes = {
    'gantry.execution_id': job.executionId,
    'gantry.step': index,
    'gantry.module': step.ref,
    'gantry.attempt': given.attempt,
  };
  const span = beginSpan(`step ${step.ref}`, { parent, attributes });
  const spans = new ModuleSpans(span.traceparent);
  const attempts = attempt({ ...given, traceparent: span.traceparent, onSpan: (report) => spans.take(report) }, []);
  const { value: result } = await span.run(() => attempts.next());
  spans.endAll();
  if (result === undefined) return;
  span.end(result.kind === 'failed' ? result.error.errorType : null);
  yield result;
}

/** Spans that a module tells of while it runs. */
class ModuleSpans {
  readonly #step: string | null;
  readonly #open = new Map<number, BegunSpan>();

  constructor(step: string | null) {
    this.#step = step;
  }

  take(report: SpanReport): void {
    if (report.kind === 'ended') {
      this.#open.get(report.id)?.end(report.error, report.at);
      this.#open.delete(report.id);
      return;
    }
    const { id, name, within, at: startedAt, attributes } = report;
    const parent = this.#open.get(within ?? -1)?.traceparent ?? this.#step;
    this.#open.set(id, beginSpan(name, { parent, startedAt, attributes }));
  }

  endAll(): void {
    for (const span of this.#open.values()) span.end();
  }
}
