import fc from 'fast-check';
import { type ExceptionDetails, moduleException } from '../exception-details.ts';
import { type ExecutionState, PENDING_STEP } from '../execution-state.ts';
import type { Fact, FactOf } from '../fact.ts';
import { fold } from '../fold.ts';
import { planSlices, type Slice } from '../plan.ts';
import { isStepFinished } from '../step-status.ts';

/** What happened to one execution, in the order in which the journal has it. */
export interface Life {
  born: ExecutionState;
  journal: Fact[];
  /** After so many facts the record was told to stop it: by a person, or by its deadline. */
  stop: { after: number; how: 'CANCELLING' | 'TIMEOUT' } | null;
}

/** An execution that was just inserted. */
export function born(steps: number): ExecutionState {
  return {
    status: 'PENDING',
    stopReason: null,
    epoch: 0,
    startedAt: null,
    finishedAt: null,
    exceptionDetails: null,
    slices: [],
    steps: Array.from({ length: steps }, () => PENDING_STEP),
  };
}

/** The record's row after it was told to stop. */
export function told(state: ExecutionState, how: 'CANCELLING' | 'TIMEOUT'): ExecutionState {
  return how === 'TIMEOUT' ? { ...state, stopReason: 'TIMEOUT' } : { ...state, status: 'CANCELLING', stopReason: null };
}

/** Lives as planner, workers, brake and reconciler could write them. Dice of 0 mean that all goes well. */
export const randomLife: fc.Arbitrary<Life> = fc
  .record({
    runtimes: fc.array(fc.constantFrom('a', 'b'), { maxLength: 4 }),
    dice: fc.array(fc.nat(99), { maxLength: 60, size: 'max' }),
  })
  .map(({ runtimes, dice }) => new LifeWriter(runtimes, dice).write());

const EXECUTION = '0198c0de-0000-7000-8000-000000000001';

/** The permissions in Redis, and whoever acts on them. */
class LifeWriter {
  readonly #runtimes: string[];
  readonly #dice: number[];
  readonly #born: ExecutionState;
  #journal: Fact[] = [];
  #stop: Life['stop'] = null;
  #at = 1_000;
  #over = false;
  #epoch = 0;
  #slices: Slice[] = [];
  #slice = 0;
  #attempt = 0;
  #seq = 0;
  #step = 0;
  #stepAttempt = 0;
  #leased = false;
  /** Since when a step runs of which nothing was told yet. */
  #untoldSince: number | null = null;

  constructor(runtimes: string[], dice: number[]) {
    this.#runtimes = runtimes;
    this.#dice = [...dice];
    this.#born = born(runtimes.length);
  }

  write(): Life {
    if (this.#roll() >= 95) this.#tellToStop('CANCELLING');
    else this.#plan();
    while (!this.#over) (this.#leased ? this.#work : this.#wait).call(this, this.#roll());
    return { born: this.#born, journal: this.#journal, stop: this.#stop };
  }

  /** The slice waits in its queue. */
  #wait(dice: number): void {
    if (dice >= 97) this.#tellToStop('TIMEOUT');
    else if (dice >= 92) this.#tellToStop('CANCELLING');
    else if (dice >= 85) this.#wipe();
    else this.#start();
  }

  /** A worker holds the lease. */
  #work(dice: number): void {
    if (dice >= 97) this.#tellToStop('TIMEOUT');
    else if (dice >= 92) this.#tellToStop('CANCELLING');
    else if (dice >= 87) this.#wipe();
    else if (dice >= 78) this.#lose();
    else if (dice >= 62 && this.#untoldSince !== null) this.#tellStart();
    else if (dice >= 70) this.#retry();
    else if (dice >= 62) this.#report('step-progress', { ...this.#lease(), progress: dice, progressMax: null });
    else if (dice >= 55) this.#finish('FAILED');
    else if (dice >= 45) this.#finish('SKIPPED');
    else this.#finish('SUCCEEDED');
  }

  #plan(): void {
    const record = this.#journal.reduce((state, fact) => fold(state, [fact]), this.#born);
    const open = record.steps.findIndex(({ status }) => status !== 'SUCCEEDED' && status !== 'SKIPPED');
    this.#epoch = record.epoch + 1;
    this.#slices = planSlices(this.#runtimes, open === -1 ? this.#runtimes.length : open);
    this.#begin(0);
    this.#leased = false;
    if (this.#roll() >= 96) {
      this.#report('unplannable', { error: error('MODULE_NOT_FOUND') });
      this.#over = true;
      return;
    }
    this.#report('planned', { slices: this.#slices });
    if (this.#slices.length > 0) return;
    // Nothing to run: the planner may report that twice.
    if (this.#roll() >= 50) this.#report('planned', { slices: [] });
    this.#over = true;
  }

  #begin(slice: number): void {
    this.#slice = slice;
    this.#step = this.#slices[slice]?.firstStep ?? 0;
    this.#attempt = 0;
    this.#stepAttempt = 0;
  }

  #start(): void {
    this.#leased = true;
    this.#attempt += 1;
    this.#stepAttempt += 1;
    this.#seq = -1;
    this.#untoldSince = this.#at;
    if (this.#attempt > 1 || this.#roll() >= 50) this.#tellStart();
  }

  #tellStart(): void {
    this.#untoldSince = null;
    this.#report('step-started', { ...this.#lease(), workerId: `w${this.#attempt}` });
  }

  #retry(): void {
    this.#report('step-retrying', { ...this.#lease(), error: error('FLAKY'), retryAt: this.#at + 10 });
    if (this.#stop) this.#stopped();
    else if (this.#roll() >= 50) this.#leased = false;
    else this.#stepAttempt += 1;
  }

  #finish(said: 'SUCCEEDED' | 'SKIPPED' | 'FAILED'): void {
    const status = this.#stop && this.#roll() >= 50 ? 'CANCELLED' : said;
    const goesOn = status === 'SUCCEEDED' || status === 'SKIPPED';
    const { firstStep, stepCount } = this.#slices[this.#slice] ?? { firstStep: 0, stepCount: 0 };
    const within = goesOn && this.#step + 1 < firstStep + stepCount;
    this.#report('step-finished', {
      ...this.#lease(),
      workerId: `w${this.#attempt}`,
      status,
      output: status === 'SUCCEEDED' ? `${this.#epoch}.${this.#step}.${this.#stepAttempt}` : null,
      outputRef: null,
      outputId: null,
      error: goesOn ? null : error(status),
      emitted: [],
      nextStep: within ? this.#step + 1 : null,
      ...(this.#untoldSince !== null && { startedAt: this.#untoldSince }),
    });
    this.#untoldSince = null;
    if (this.#stop) this.#stopped();
    else if (within) {
      this.#step += 1;
      this.#stepAttempt = 1;
    } else if (goesOn && this.#slice + 1 < this.#slices.length) {
      this.#begin(this.#slice + 1);
      this.#leased = false;
    } else this.#over = true;
  }

  /** The worker is gone: BullMQ gives the slice to another, or the reconciler says that nothing of it is left. */
  #lose(): void {
    this.#leased = false;
    if (this.#stop) this.#stopped(this.#roll() >= 50 ? 0 : this.#epoch);
  }

  /** Redis forgets everything, also the newest facts if nobody has read them yet. */
  #wipe(): void {
    if (this.#stop) {
      this.#stopped(0);
    } else {
      this.#journal.length -= Math.min(this.#roll() % 4, this.#journal.length);
      this.#plan();
    }
  }

  #tellToStop(how: 'CANCELLING' | 'TIMEOUT'): void {
    if (this.#stop) return;
    this.#stop = { after: this.#journal.length, how };
    if (this.#leased) return;
    this.#stopped();
    // Two may have told it at once.
    if (this.#roll() >= 50) this.#stopped();
  }

  #stopped(epoch = this.#epoch): void {
    this.#report('stopped', { epoch });
    this.#over = true;
  }

  /** What every fact of the lease's holder says. */
  #lease() {
    this.#seq += 1;
    return {
      slice: this.#slice,
      attempt: this.#attempt,
      seq: this.#seq,
      step: this.#step,
      stepAttempt: this.#stepAttempt,
    };
  }

  #report<Kind extends Fact['kind']>(
    kind: Kind,
    said: Omit<FactOf<Kind>, 'kind' | 'executionId' | 'epoch' | 'at'> & { epoch?: number },
  ): void {
    this.#at += this.#roll() % 3;
    this.#journal.push({ kind, executionId: EXECUTION, epoch: this.#epoch, at: this.#at, ...said } as Fact);
  }

  #roll(): number {
    return this.#dice.shift() ?? 0;
  }
}

function error(errorType: string): ExceptionDetails {
  return moduleException(errorType, `it says ${errorType}`);
}

/** Facts of plannings and leases before the state's present ones, saying anything. */
export function staleFacts(state: ExecutionState): Fact[] {
  const about = { executionId: EXECUTION, at: 9_999 };
  const finished = (epoch: number, slice: number, attempt: number, step: number, seq: number): Fact => ({
    kind: 'step-finished',
    ...about,
    ...{ epoch, slice, attempt, seq, step },
    stepAttempt: 7,
    workerId: 'stale',
    status: seq % 2 === 0 ? 'FAILED' : 'SUCCEEDED',
    output: 'stale',
    outputRef: null,
    outputId: null,
    error: null,
    emitted: [],
    nextStep: null,
  });
  const earlierEpochs = Array.from({ length: state.epoch }, (_, epoch) => epoch);
  return [
    ...earlierEpochs.flatMap((epoch) =>
      state.steps.flatMap((_, step) => [0, 1].map((seq) => finished(epoch, 0, 99, step, seq))),
    ),
    ...state.slices.flatMap(({ attempt, firstStep }, slice) =>
      attempt > 1 ? [98, 99].map((seq) => finished(state.epoch, slice, attempt - 1, firstStep, seq)) : [],
    ),
    ...[...earlierEpochs, state.epoch]
      .filter((epoch) => epoch > 0)
      .flatMap((epoch): Fact[] => [
        { kind: 'planned', ...about, epoch, slices: [] },
        { kind: 'unplannable', ...about, epoch, error: error('STALE') },
      ]),
    ...earlierEpochs.filter((epoch) => epoch > 0).map((epoch): Fact => ({ kind: 'stopped', ...about, epoch })),
  ];
}

/** Whether every step says how it ended, as steps of a finished execution must. */
export function allStepsEnded(state: ExecutionState): boolean {
  return state.steps.every(({ status }) => isStepFinished(status));
}
