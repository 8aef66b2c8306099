import type { Lease, SliceLeases } from '@gantry/dispatch/slice-lease';

/** Why a running step is told to stop. `closed`: cancelled or past its deadline. `lease-lost`: another worker has it. */
export type StopReason = 'closed' | 'lease-lost' | 'hand-back';

export interface HeldSlice {
  lease: Lease;
  jobId: string;
  signal: AbortSignal;
  /** Undefined as long as it may run. */
  stopReason: () => StopReason | undefined;
  stop: (reason: StopReason) => void;
  /**
   * Asks to run a step that was there when workers were lost: it may be to blame, or only have run beside the one that is.
   * @returns false while another such step is held, as together they could not be told apart
   */
  takeSuspect: () => boolean;
  /** It runs no more, and only its report is waited for: the next slice may begin. */
  leaveSlot: () => void;
}

/** The slices this worker runs at the moment, and how each is told to stop. */
export class HeldSlices {
  readonly #held = new Set<HeldSlice>();
  #suspect: HeldSlice | undefined;
  #handingBack = false;

  /** Runs `work` as holder of a slice. */
  async hold<T>(
    lease: Lease,
    jobId: string,
    work: (held: HeldSlice) => Promise<T>,
    leaveSlot: () => void = () => {},
  ): Promise<T> {
    const controller = new AbortController();
    let stopReason: StopReason | undefined;
    const stop = (reason: StopReason) => {
      // The first reason stands, but a lost lease outweighs all: nothing may be written any more.
      if (stopReason === undefined || reason === 'lease-lost') stopReason = reason;
      controller.abort();
    };
    const takeSuspect = () => {
      this.#suspect ??= held;
      return this.#suspect === held;
    };
    const held: HeldSlice = {
      lease,
      jobId,
      signal: controller.signal,
      stopReason: () => stopReason,
      stop,
      takeSuspect,
      leaveSlot,
    };
    this.#held.add(held);
    if (this.#handingBack) this.handBack();
    try {
      return await work(held);
    } finally {
      this.#held.delete(held);
      if (this.#suspect === held) this.#suspect = undefined;
    }
  }

  get size(): number {
    return this.#held.size;
  }

  stopExecution(executionId: string): void {
    this.#stop('closed', (held) => held.lease.executionId === executionId);
  }

  loseJobs(jobIds: readonly string[]): void {
    this.#stop('lease-lost', (held) => jobIds.includes(held.jobId));
  }

  /** For good: what is taken from now on is handed back too. */
  handBack(): void {
    this.#handingBack = true;
    this.#stop('hand-back', () => true);
  }

  /** The durable flag: finds what a push that got lost would have told. */
  async checkFlags(leases: SliceLeases): Promise<void> {
    const closed = await leases.closedAmong([...this.#held].map((held) => held.lease.executionId));
    for (const executionId of closed) this.stopExecution(executionId);
  }

  #stop(reason: StopReason, which: (held: HeldSlice) => boolean): void {
    for (const held of this.#held) if (which(held)) held.stop(reason);
  }
}
