import type { StepInput } from '@gantry/contracts/execution-job';
import type { ComesNext, FailedAttempt, Lease, Reported, SliceLeases } from '@gantry/dispatch/slice-lease';
import type { FactOf } from '@gantry/domain/fact';
import type { Json } from '@gantry/domain/json';
import type { HeldSlice } from './held-slices.ts';

/** What happens to a slice waits for so long at most for more, to be reported together. */
const WINDOW_MS = 5;

type Finish = FactOf<'step-finished'>;

/**
 * What one lease of a slice reports, in order. Outcomes of steps that another one follows, and that its first step has
 * started, wait a moment for more: of quick steps one report tells it all, and nothing does of their starts.
 */
export class SliceReports {
  readonly #leases: SliceLeases;
  readonly #held: HeldSlice;
  /** The start of the first step, as long as it is not told. */
  #start: FactOf<'step-started'> | undefined;
  #finished: Finish[] = [];
  #checkpoint: { next: ComesNext; input: StepInput } | undefined;
  #window: NodeJS.Timeout | undefined;
  /** What came of the reports until now: once it is not `ok`, nothing more is to run. */
  #reported: Promise<Reported> = Promise.resolve('ok');

  constructor(leases: SliceLeases, held: HeldSlice, start: FactOf<'step-started'> | undefined) {
    this.#leases = leases;
    this.#held = held;
    this.#start = start;
    if (start !== undefined) this.#soon();
  }

  /** @param input what the next step works on */
  finish(fact: Finish, next: ComesNext, input: StepInput): Promise<Reported> {
    this.#finished.push(this.#start === undefined ? fact : { ...fact, startedAt: this.#start.at });
    this.#start = undefined;
    this.#checkpoint = { next, input };
    if (next.kind !== 'step') return this.flush();
    this.#soon();
    return Promise.resolve('ok');
  }

  retry(fact: FactOf<'step-retrying'>, how: FailedAttempt): Promise<Reported> {
    return this.#then((lease) => this.#leases.retryStep(lease, fact, how));
  }

  /** What a step tells while it runs. */
  tell(fact: FactOf<'step-progress' | 'step-logged' | 'step-said'>): Promise<Reported> {
    return this.#then((lease) => this.#leases.report(lease, fact));
  }

  keepCheckpoint(step: number, checkpoint: Json): Promise<Reported> {
    return this.#then((lease) => this.#leases.keepCheckpoint(lease, step, checkpoint));
  }

  release(): Promise<Reported> {
    return this.#then((lease) => this.#leases.release(lease, Date.now()));
  }

  awaitCall(): Promise<Reported | 'answered'> {
    return this.#then((lease) => this.#leases.awaitCall(lease, Date.now()));
  }

  /** Reports what waits. Rejects when any report until now was refused. */
  flush(): Promise<Reported> {
    clearTimeout(this.#window);
    this.#window = undefined;
    const [finished, checkpoint, start] = [this.#finished, this.#checkpoint, this.#start];
    this.#finished = [];
    this.#checkpoint = undefined;
    this.#start = undefined;
    const { lease } = this.#held;
    if (start !== undefined) this.#follow(this.#leases.report(lease, start));
    if (checkpoint !== undefined) this.#follow(this.#finishAll(finished, checkpoint));
    return this.#reported;
  }

  /** Nothing more is reported. */
  end(): void {
    clearTimeout(this.#window);
  }

  /** The worker asks for things in order, so that what waits need not be answered first. */
  #then<Answer>(ask: (lease: Lease) => Promise<Answer>): Promise<Answer> {
    void this.flush();
    return ask(this.#held.lease);
  }

  async #finishAll(
    facts: readonly Finish[],
    { next, input }: { next: ComesNext; input: StepInput },
  ): Promise<Reported> {
    const reported = await this.#leases.finishSteps(this.#held.lease, facts, next, input);
    if (reported === 'lost') for (const fact of facts) await this.abandon(fact);
    return reported;
  }

  /** An output that was kept and not reported. It may have been, with only the answer lost: the record decides. */
  async abandon(
    about: Omit<FactOf<'output-abandoned'>, 'kind' | 'outputRef'> & Pick<StepInput, 'outputRef'>,
  ): Promise<void> {
    const { executionId, epoch, at, slice, attempt, seq, step, stepAttempt, outputRef } = about;
    if (outputRef === null) return;
    const bySlice = { executionId, epoch, at, slice, attempt, seq, step, stepAttempt };
    await this.#leases.abandonOutput({ kind: 'output-abandoned', ...bySlice, outputRef });
  }

  /** Stops what runs when it turns out that it must not. */
  #follow(report: Promise<Reported>): void {
    const stop = () => this.#held.stop('lease-lost');
    this.#reported = Promise.all([this.#reported, report]).then(([before, now]) => (before === 'ok' ? now : before));
    this.#reported.then((reported) => reported === 'ok' || stop(), stop);
  }

  #soon(): void {
    this.#window ??= setTimeout(() => void this.flush(), WINDOW_MS);
  }
}
