import type { SpanReport } from '@gantry/runners/step-result';
import { type BegunSpan, beginSpan, currentTraceparent, isTracing } from '@gantry/service/spans';
import type { AttemptResult, StepAttempt } from './step-attempt.ts';

type Attempt = (given: StepAttempt) => Promise<AttemptResult>;

/** Makes each attempt a span, with what its module adds below it. */
export function traceAttempts(attempt: Attempt): Attempt {
  return async (given) => {
    const { job, step, index } = given;
    const parent = currentTraceparent() ?? job.traceparent ?? null;
    if (!isTracing()) return attempt({ ...given, traceparent: parent });
    const attributes = {
      'gantry.execution_id': job.executionId,
      'gantry.step': index,
      'gantry.module': step.ref,
      'gantry.attempt': given.attempt,
    };
    const span = beginSpan(`step ${step.ref}`, { parent, attributes });
    const spans = new ModuleSpans(span.traceparent);
    const result = await span.run(() =>
      attempt({
        ...given,
        traceparent: span.traceparent,
        onSpan: (report) => spans.take(report),
      }),
    );
    spans.endAll();
    span.end(result.kind === 'failed' ? result.error.errorType : null);
    return result;
  };
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
