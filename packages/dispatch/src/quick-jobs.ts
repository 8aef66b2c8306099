import type { JobSwap, SwappedJob } from './job-swap.ts';

export interface QuickJobsDeps {
  swap: JobSwap;
  /** Works on a job that was taken, and says when the next one may begin, at the latest when it is over; never rejects. */
  work: (job: SwappedJob, token: string, leaveSlot: () => void) => Promise<'ended' | 'put-back'>;
  /** Whether more may be taken, and those in hand begun. */
  goesOn: () => boolean;
  /** Makes the locks of jobs last again. @returns those that are another's by now */
  renew: (ids: string[], tokens: string[]) => Promise<string[]>;
  onLost: (ids: string[]) => void;
  onError: (error: Error) => void;
}

/** A job that takes longer is not quick: those before it are ended, and those that wait behind it go back to where they were. */
const QUICK_MS = 100;
/** Taken at once: twice as many after all of them were quick, half as many after one was not. */
const MOST_AT_ONCE = 8;
/** BullMQ also looks after delayed jobs and lost workers when it is asked for the next job. */
const BESIDE_BULLMQ_MS = 250;
const RENEW_EVERY_MS = 1_000;

/**
 * What a slot does after a job that was over quickly: it takes the next ones several at a time, and ends them so, since BullMQ's
 * scripts, one for each job, cost more than such a job does. Once a job takes its time, it is back to one by one.
 */
export class QuickJobs {
  readonly #deps: QuickJobsDeps;
  /** The token of the lock of each job in hand. */
  readonly #held = new Map<string, string>();
  #renewing: NodeJS.Timeout | undefined;
  #atOnce = MOST_AT_ONCE;

  constructor(deps: QuickJobsDeps) {
    this.#deps = deps;
  }

  /**
   * @param beganAt when the job before began (of performance.now())
   * @param token a lock token that no other slot uses
   */
  async goOn(beganAt: number, token: string): Promise<void> {
    const { swap, goesOn, onError } = this.#deps;
    const now = performance.now();
    const until = now + BESIDE_BULLMQ_MS;
    let quick = now - beganAt < QUICK_MS;
    let ended: string[] = [];
    try {
      while (true) {
        const wanted = quick && goesOn() && performance.now() < until ? this.#atOnce : 0;
        if (wanted === 0 && ended.length === 0) return;
        const jobs = await swap.swap({ token, ended, givenBack: [], wanted });
        if (jobs.length === 0) return;
        ({ ended, quick } = await this.#workAll(jobs, token));
        this.#atOnce = quick ? Math.min(this.#atOnce * 2, MOST_AT_ONCE) : Math.max(this.#atOnce / 2, 1);
      }
    } catch (error) {
      // Nobody renews their locks any more: what was not ended is given to a worker again.
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #workAll(jobs: readonly SwappedJob[], token: string): Promise<{ ended: string[]; quick: boolean }> {
    const { work, goesOn } = this.#deps;
    const waiting = [...jobs];
    const ended: string[] = [];
    /** Those that may not be over, though the next one has begun: what they ask of Redis then goes out with what it asks. */
    const reporting: Promise<void>[] = [];
    let quick = true;
    const beSlow = () => {
      quick = false;
      this.#swapOut(token, ended.splice(0), waiting.splice(0));
    };
    this.#hold(jobs, token);
    try {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        const slow = setTimeout(beSlow, QUICK_MS);
        const { id } = job;
        const left = Promise.withResolvers<void>();
        const over = work(job, token, left.resolve).then((how) => {
          if (how === 'ended') ended.push(id);
          this.#held.delete(id);
        });
        reporting.push(over);
        await Promise.race([left.promise, over]);
        clearTimeout(slow);
        if (!goesOn()) this.#swapOut(token, [], waiting.splice(0));
      }
      await Promise.all(reporting);
    } finally {
      this.#letGo(jobs);
    }
    return { ended, quick };
  }

  #swapOut(token: string, ended: readonly string[], givenBack: readonly SwappedJob[]): void {
    if (ended.length === 0 && givenBack.length === 0) return;
    this.#letGo(givenBack);
    this.#deps.swap.swap({ token, ended, givenBack, wanted: 0 }).catch(this.#deps.onError);
  }

  #hold(jobs: readonly SwappedJob[], token: string): void {
    for (const { id } of jobs) this.#held.set(id, token);
    this.#renewing ??= setInterval(() => void this.#renew(), RENEW_EVERY_MS);
  }

  #letGo(jobs: readonly SwappedJob[]): void {
    for (const { id } of jobs) this.#held.delete(id);
    if (this.#held.size > 0) return;
    clearInterval(this.#renewing);
    this.#renewing = undefined;
  }

  async #renew(): Promise<void> {
    const { renew, onLost, onError } = this.#deps;
    const ids = [...this.#held.keys()];
    try {
      const lost = (await renew(ids, [...this.#held.values()])).filter((id) => this.#held.has(id));
      if (lost.length > 0) onLost(lost);
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
