import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const KINDS = { request: SpanKind.SERVER, job: SpanKind.CONSUMER, inner: SpanKind.INTERNAL };

/** A part of a trace that has begun. */
export interface BegunSpan {
  /** W3C `traceparent` of what is done within: the span's; with tracing off that of what it is a part of, if there is one. */
  readonly traceparent: string | null;
  /** @param error why what it stands for failed; without one it did not */
  end(error?: string | null, endedAt?: number): void;
  /** Runs something within it: its log lines carry the ids, and spans that name no parent are parts of it. */
  run<T>(work: () => T): T;
}

export interface SpanOptions {
  /** `traceparent` of what it is a part of; without one it is a part of what runs, or begins a trace. */
  parent: string | null | undefined;
  /** It comes from another process: by a request, or by a queue. */
  kind?: keyof typeof KINDS;
  /** Milliseconds since 1970; now, if not given. */
  startedAt?: number;
  attributes?: Attributes;
}

const tracer = trace.getTracer('gantry');
let tracing = false;

/** From now on spans are made. The SDK must be there (open-telemetry.ts). */
export function beginTracing(): void {
  tracing = true;
}

export function isTracing(): boolean {
  return tracing;
}

/** `traceparent` of the span that runs; null with tracing off. */
export function currentTraceparent(): string | null {
  return tracing ? traceparentOf(context.active()) : null;
}

function traceparentOf(place: Context): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(place, carrier);
  return carrier.traceparent ?? null;
}

export function beginSpan(name: string, { parent, kind = 'inner', startedAt, attributes }: SpanOptions): BegunSpan {
  if (!tracing) return { traceparent: parent ?? null, end() {}, run: (work) => work() };
  const within = parent ? propagation.extract(ROOT_CONTEXT, { traceparent: parent }) : context.active();
  const span = tracer.startSpan(
    name,
    {
      kind: KINDS[kind],
      ...(startedAt !== undefined && { startTime: startedAt }),
      ...(attributes && { attributes }),
    },
    within,
  );
  const inside = trace.setSpan(within, span);
  return {
    traceparent: traceparentOf(inside),
    end(error = null, endedAt) {
      if (error !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end(endedAt);
    },
    run: (work) => context.with(inside, work),
  };
}

/** Does something within a span of its own, which ends with it. @param work gets the `traceparent` to pass on */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (traceparent: string | null) => Promise<T>,
): Promise<T> {
  if (!tracing) return work(options.parent ?? null);
  const span = beginSpan(name, options);
  try {
    const result = await span.run(() => work(span.traceparent));
    span.end();
    return result;
  } catch (error) {
    span.end(String(error));
    throw error;
  }
}

/** Tells of something that is over, such as waiting. */
export function tellSpan(name: string, options: SpanOptions & { endedAt?: number }): void {
  if (tracing) beginSpan(name, options).end(null, options.endedAt);
}

/** Binds a function that others call to the span that it belongs to. */
export function boundToSpan<Args extends unknown[], R>(work: (...args: Args) => R): (...args: Args) => R {
  return tracing ? context.bind(context.active(), work) : work;
}

/** Ids of the span that runs, as log lines name them. */
export function spanIds(): { trace_id?: string; span_id?: string } {
  const running = tracing ? trace.getActiveSpan()?.spanContext() : undefined;
  return running === undefined ? {} : { trace_id: running.traceId, span_id: running.spanId };
}
