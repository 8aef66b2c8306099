import type { Execution, ExecutionInput } from '@gantry/contracts/http/execution';
import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import type { ExecutionLog } from '@gantry/contracts/http/execution-log';
import type { ExecutionSlice } from '@gantry/contracts/http/execution-slice';
import type { Page } from '@gantry/contracts/http/page';
import type { RestartInput } from '@gantry/contracts/http/restart';
import type { StatusMessage } from '@gantry/contracts/http/status-message';
import type { StepAttempt } from '@gantry/contracts/http/step-attempt';
import { delay } from '../delay.ts';
import { waitTimeout } from '../gantry-error.ts';
import { streamChanges } from '../stream-changes.ts';
import type { CallOptions } from '../transport.ts';
import { List, type ListOptions, ReadableCollection } from './collection.ts';

export interface ReadOptions extends CallOptions {
  /** With what its steps gave, each up to 64 KiB. */
  outputs?: boolean | undefined;
}

export interface WaitOptions extends ReadOptions {
  /** Without it, as long as it takes. */
  timeoutMs?: number | undefined;
}

export interface LogOptions extends CallOptions {
  /** Goes on with what is written from now on, until the execution has finished. */
  follow?: boolean | undefined;
  /** The id of an entry: only those that were written after it. */
  after?: string | undefined;
}

const POLL_MS = 1_000;

const UNFINISHED: readonly Execution['status'][] = ['REQUESTED', 'PENDING', 'RUNNING', 'CANCELLING'];

/** An execution that is PENDING_REPROCESSING has finished too: it is its replacement that has not. */
function isFinished({ status }: Pick<Execution, 'status'>): boolean {
  return !UNFINISHED.includes(status);
}

export class Executions extends ReadableCollection<Execution> {
  override get(id: string, { outputs = false, signal }: ReadOptions = {}): Promise<Execution> {
    return this.transport.json({ path: this.pathOf(id), query: outputs ? { include: 'outputs' } : {}, signal });
  }

  /** Runs an assistant, or a pipeline that belongs to none. */
  create(input: ExecutionInput, { signal }: CallOptions = {}): Promise<Execution> {
    return this.transport.json({ method: 'POST', path: this.path, body: input, ...onceByKey(), signal });
  }

  /** @throws GantryError EXECUTION_FINISHED */
  cancel(id: string, { signal }: CallOptions = {}): Promise<Execution> {
    return this.transport.json({ method: 'PUT', path: `${this.pathOf(id)}/cancel`, repeatable: true, signal });
  }

  /** A new execution in place of a finished one, which has the outcomes of its steps before `fromStep`. */
  restart(id: string, input: RestartInput = {}, { signal }: CallOptions = {}): Promise<Execution> {
    return this.transport.json({
      method: 'POST',
      path: `${this.pathOf(id)}/restart`,
      body: input,
      ...onceByKey(),
      signal,
    });
  }

  /** Only finished ones. */
  async delete(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.json({ method: 'DELETE', path: this.pathOf(id), signal });
  }

  /** What its steps logged, in the order in which they did. */
  async *logs(id: string, { follow = false, after, signal }: LogOptions = {}): AsyncGenerator<ExecutionLog> {
    const logs = new List<ExecutionLog>(this.transport, `${this.pathOf(id)}/logs`);
    let filter = after && `id gt '${after}'`;
    for (;;) {
      // Looked at first: what was logged until it finished is there once it has.
      const isComplete = !follow || isFinished(await this.get(id, { signal }));
      for await (const entry of logs.iterate({ filter, signal })) {
        filter = `id gt '${entry.id}'`;
        yield entry;
      }
      if (isComplete) return;
      await delay(POLL_MS, signal);
    }
  }

  /** A part of what its steps logged: oldest first, unless it is sorted otherwise (`id,desc`). */
  logPage(id: string, options: ListOptions = {}): Promise<Page<ExecutionLog>> {
    return new List<ExecutionLog>(this.transport, `${this.pathOf(id)}/logs`).list(options);
  }

  /** What it said last that it is doing, oldest first. */
  statusMessages(id: string, { signal }: CallOptions = {}): Promise<StatusMessage[]> {
    return this.transport.json({ path: `${this.pathOf(id)}/status-messages`, signal });
  }

  /** The runs of consecutive steps that workers took, in order. */
  slices(id: string, { signal }: CallOptions = {}): Promise<ExecutionSlice[]> {
    return this.transport.json({ path: `${this.pathOf(id)}/slices`, signal });
  }

  /** Every attempt of its steps, by step. */
  attempts(id: string, { signal }: CallOptions = {}): Promise<StepAttempt[]> {
    return this.transport.json({ path: `${this.pathOf(id)}/attempts`, signal });
  }

  /**
   * What a step gave, however large it is. @param step counted from 0
   * @throws GantryError OUTPUT_NOT_FOUND
   */
  output(id: string, step: number, { signal }: CallOptions = {}): Promise<unknown> {
    return this.transport.json({ path: `${this.pathOf(id)}/steps/${step}/output`, timeoutMs: 0, signal });
  }

  /**
   * How the execution stands, then every change until it has finished or is deleted. Where the api does not stream
   * changes it is asked again and again.
   */
  async *watch(id: string, { signal }: CallOptions = {}): AsyncGenerator<ExecutionChange> {
    for await (const change of this.#changes(id, signal)) {
      yield change;
      if (change.kind === 'deleted' || isFinished(change)) return;
    }
  }

  /** Every change of all executions, or of those of a project or an assistant. Ends only with the signal. */
  async *watchAll({ signal, ...of }: WatchAllOptions = {}): AsyncGenerator<ExecutionChange | 'reset'> {
    const query = new URLSearchParams(Object.entries(of));
    yield* streamChanges(this.transport, `${this.path}/events?${query}`, { signal });
  }

  /**
   * The execution once it has finished, in whatever way: its status tells.
   * @throws GantryError WAIT_TIMEOUT
   */
  async waitFor(id: string, { timeoutMs, outputs, signal }: WaitOptions = {}): Promise<Execution> {
    const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const signals = [signal, timeout].filter((each) => each !== undefined);
    const either = AbortSignal.any(signals);
    try {
      for await (const change of this.watch(id, { signal: either })) {
        if (isFinished(change)) break;
      }
      return await this.get(id, { outputs, signal: either });
    } catch (error) {
      signal?.throwIfAborted();
      throw timeoutMs !== undefined && timeout?.aborted ? waitTimeout(id, timeoutMs) : error;
    }
  }

  async *#changes(id: string, signal: AbortSignal | undefined): AsyncGenerator<ExecutionChange> {
    let streamed = false;
    try {
      for await (const change of streamChanges(this.transport, `${this.pathOf(id)}/events`, { signal })) {
        streamed = true;
        yield change === 'reset' ? asChange(await this.get(id, { signal })) : change;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (streamed) throw error;
    }
    yield* this.#polled(id, signal);
  }

  async *#polled(id: string, signal: AbortSignal | undefined): AsyncGenerator<ExecutionChange> {
    let known = '';
    for (;;) {
      const change = asChange(await this.get(id, { signal }));
      const seen = `${change.status} ${change.changeSequence} ${change.at}`;
      if (seen !== known) yield change;
      known = seen;
      await delay(POLL_MS, signal);
    }
  }
}

/** So that it can be sent again when no answer came. */
function onceByKey() {
  return { headers: { 'idempotency-key': crypto.randomUUID() }, repeatable: true };
}

export interface WatchAllOptions extends CallOptions {
  projectId?: string;
  assistantId?: string;
}

function asChange({ id, organizationId, projectId, assistantId, status, ...more }: Execution): ExecutionChange {
  const { changeSequence, updatedOn: at } = more;
  return { executionId: id, organizationId, projectId, assistantId, kind: 'current', status, changeSequence, at };
}
