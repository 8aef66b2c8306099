import { randomBytes } from 'node:crypto';
import type { StepInput } from '@gantry/contracts/execution-job';
import type { FactOf } from '@gantry/domain/fact';
import type { Json } from '@gantry/domain/json';
import { NEWEST_SHAPE } from '@gantry/domain/shape';
import { unlessRefused } from './refusal.ts';
import { loadScript } from './script.ts';
import type { Shard, Shards } from './shards.ts';
import { type Operation, SliceOperations } from './slice-operations.ts';

/** What the flag of an execution says that may run. */
const OPEN = '1';

const append = loadScript('append-facts', { whenFull: true });

/** What a worker holds while it runs a slice: every write names it, and Redis refuses those of an older lease. */
export interface Lease {
  executionId: string;
  epoch: number;
  slice: number;
  /** Random: even the same epoch and attempt, given again after Redis was wiped, are told apart. */
  token: string;
}

export interface StartedSlice {
  kind: 'started';
  /** How often this slice was leased, this time included. */
  attempt: number;
  /** How many leases of it ended without a report: their workers were lost. */
  lost: number;
  step: number;
  stepAttempt: number;
  /** Attempts of the step that failed, and those of them that took down what they ran in. */
  stepFailures: number;
  stepCrashes: number;
  /** The output before `step`; null at the start of the plan, where the job has it. */
  input: StepInput | null;
  /** What an attempt of the step kept last; null without. */
  checkpoint: Json;
}

/** `lost`: the lease is another's, nothing was written. `stopped`: written, but it was closed: run nothing more. */
export type Reported = 'ok' | 'stopped' | 'lost';

export type ComesNext =
  | { kind: 'step'; step: number }
  | { kind: 'slice'; step: number; runtime: string }
  | { kind: 'end' };

export interface FailedAttempt {
  /** The next attempt runs in this slot; false gives the lease up, for a wait that should not hold one. */
  keep: boolean;
  /** It took down what it ran in, where nothing had run before. */
  crashed: boolean;
}

/** What an endpoint was given to answer with, for how much longer, and its answer (JSON) if it is there. */
export interface OpenCall {
  token: string;
  leftMs: number;
  answerJson: string | null;
}

/** The lease operations of one worker; each is a file in lua/slice/. Instants in ms since 1970. */
export class SliceLeases {
  readonly #shards: Shards;
  readonly #operations: ReadonlyMap<Shard, SliceOperations>;

  constructor(shards: Shards) {
    this.#shards = shards;
    this.#operations = new Map(shards.all.map((shard) => [shard, new SliceOperations(shard)]));
  }

  async start(
    lease: Lease,
    workerId: string,
    now: number,
  ): Promise<StartedSlice | { kind: 'gone' | 'closed' | 'advanced' | 'newer' } | { kind: 'waiting'; leftMs: number }> {
    const reply = (await this.#run('start', lease.executionId, [
      lease.executionId,
      lease.epoch,
      lease.slice,
      lease.token,
      workerId,
      now,
      NEWEST_SHAPE,
    ])) as
      | ['gone' | 'closed' | 'advanced' | 'newer']
      | ['waiting', number]
      | ['started', number, number, number, number, number, number, string, string, string, string];
    if (reply[0] === 'waiting') return { kind: 'waiting', leftMs: reply[1] };
    if (reply[0] !== 'started') return { kind: reply[0] };
    const [kind, attempt, lost, step, stepAttempt, stepFailures, stepCrashes, ...kept] = reply;
    const [output, outputRef, outputId, checkpointJson] = kept;
    const input =
      output === '' ? null : { output: JSON.parse(output), outputRef: outputRef || null, outputId: outputId || null };
    const checkpoint = checkpointJson === '' ? null : JSON.parse(checkpointJson);
    return { kind, attempt, lost, step, stepAttempt, stepFailures, stepCrashes, input, checkpoint };
  }

  /**
   * @param facts of steps one after another
   * @param next what comes after the last one, and `input` what it works on: that one's output, or what a skipped one was given
   */
  async finishSteps(
    lease: Lease,
    facts: readonly FactOf<'step-finished'>[],
    next: ComesNext,
    input: StepInput,
  ): Promise<Reported> {
    return (await this.#run('finishSteps', lease.executionId, [
      lease.executionId,
      lease.epoch,
      lease.token,
      facts.map((fact) => JSON.stringify(fact)).join(','),
      facts.at(-1)?.at ?? 0,
      next.kind,
      next.kind === 'end' ? '' : next.step,
      next.kind === 'slice' ? next.runtime : '',
      JSON.stringify(input.output),
      input.outputRef ?? '',
      input.outputId ?? '',
    ])) as Reported;
  }

  async retryStep(lease: Lease, fact: FactOf<'step-retrying'>, { keep, crashed }: FailedAttempt): Promise<Reported> {
    return (await this.#run('retryStep', lease.executionId, [
      lease.executionId,
      lease.epoch,
      lease.token,
      JSON.stringify(fact),
      fact.at,
      keep ? 1 : 0,
      crashed ? 1 : 0,
    ])) as Reported;
  }

  /** What a step tells while it runs. */
  async report(
    lease: Lease,
    fact: FactOf<'step-started' | 'step-progress' | 'step-logged' | 'step-said'>,
  ): Promise<Reported> {
    const args = [lease.epoch, lease.token, JSON.stringify(fact)];
    return (await this.#run('report', lease.executionId, args)) as Reported;
  }

  /** Keeps how far a step came, for its next attempt; in Redis alone, and until the step is over. */
  async keepCheckpoint(lease: Lease, step: number, checkpoint: Json): Promise<Reported> {
    const args = [lease.epoch, lease.token, step, JSON.stringify(checkpoint)];
    return (await this.#run('keepCheckpoint', lease.executionId, args)) as Reported;
  }

  /** The one report that needs no lease. */
  async abandonOutput(fact: FactOf<'output-abandoned'>): Promise<void> {
    const { redis, keys } = this.#shards.of(fact.executionId);
    await append(redis, [keys.journal], [JSON.stringify(fact)]);
  }

  /**
   * The call of the endpoint of a step, which may answer it later; one that was opened for this attempt before is the same.
   * @returns undefined when the lease is another's
   */
  async openCall(lease: Lease, waitMs: number): Promise<OpenCall | undefined> {
    const token = randomBytes(32).toString('base64url');
    const args = [lease.executionId, lease.epoch, lease.token, token, waitMs];
    const reply = (await this.#run('openCall', lease.executionId, args)) as ['lost'] | ['open', string, number, string];
    if (reply[0] === 'lost') return undefined;
    return { token: reply[1], leftMs: reply[2], answerJson: reply[3] || null };
  }

  /** Gives the lease up until the endpoint has answered, or its time is over. `answered`: it has; the lease is kept. */
  async awaitCall(lease: Lease, now: number): Promise<Reported | 'answered'> {
    const args = [lease.executionId, lease.epoch, lease.token, now];
    return (await this.#run('awaitCall', lease.executionId, args)) as Reported | 'answered';
  }

  /** Whether the step that an execution waits for has been answered. */
  async isAnswered(executionId: string): Promise<boolean> {
    const { redis, keys } = this.#shards.of(executionId);
    return (await redis.hexists(keys.execution(executionId), 'callAnswer')) === 1;
  }

  async release(lease: Lease, now: number): Promise<Reported> {
    const args = [lease.executionId, lease.epoch, lease.token, now];
    return (await this.#run('release', lease.executionId, args)) as Reported;
  }

  /** Which of these executions are closed or gone: the durable flag, for a worker that may have missed the push. */
  async closedAmong(executionIds: string[]): Promise<string[]> {
    const flags = await Promise.all(
      executionIds.map((id) => {
        const { redis, keys } = this.#shards.of(id);
        // One whose key is broken is stopped by whoever mends that, and the others must not wait for it.
        return unlessRefused(redis.hget(keys.execution(id), 'open'), () => OPEN);
      }),
    );
    return executionIds.filter((_, index) => flags[index] !== OPEN);
  }

  async #run(operation: Operation, executionId: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#operations.get(this.#shards.of(executionId))?.run(operation, executionId, args);
  }
}
