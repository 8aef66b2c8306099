import type { Fact } from '@gantry/domain/fact';

/** A fact, and the entry of the journal that it came in. */
export interface ReadFact {
  entry: string;
  fact: Fact;
}

/** More entries are not kept from being acknowledged: workers pause when the journal is long. */
const MAX_ENTRIES = 500;

const FIRST_EPOCH = 1;

/**
 * First plannings of executions that nothing more was told of. Each costs the record as much as the end of its execution
 * and says only that it waits for a worker: it is written with what comes of it, or after a while. As long as one is held
 * its entry stays in the journal, so that nothing is lost with this process.
 */
export class HeldPlans {
  readonly #holdMs: number;
  /** By execution, oldest first. */
  readonly #held = new Map<string, ReadFact & { since: number }>();
  /** How many of an entry's facts are held. */
  readonly #entries = new Map<string, number>();

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  /** How many entries may not be acknowledged yet. */
  get entries(): number {
    return this.#entries.size;
  }

  holds(entry: string): boolean {
    return this.#entries.has(entry);
  }

  /**
   * Keeps what can wait of these facts. @param now milliseconds of a clock that only goes forward
   * @returns those to fold now, with what was held long enough or of the same executions, before what else is told of them:
   * without its planning nothing is known of an execution
   */
  sift(facts: readonly ReadFact[], now: number): ReadFact[] {
    const told = new Map<string, number>();
    for (const { fact } of facts) told.set(fact.executionId, (told.get(fact.executionId) ?? 0) + 1);
    const due: ReadFact[] = [];
    for (const read of facts) {
      const { executionId } = read.fact;
      const isOnly = told.get(executionId) === 1 && !this.#held.has(executionId);
      if (isOnly && canWait(read.fact)) this.#hold(read, now);
      else due.push(...this.#take(executionId), read);
    }
    for (const [executionId, { since }] of this.#held) {
      if (now - since < this.#holdMs && this.entries <= MAX_ENTRIES) break;
      due.push(...this.#take(executionId));
    }
    return due;
  }

  /** Gives all of them. */
  takeAll(): ReadFact[] {
    return [...this.#held.keys()].flatMap((executionId) => this.#take(executionId));
  }

  #hold(read: ReadFact, since: number): void {
    this.#held.set(read.fact.executionId, { ...read, since });
    this.#entries.set(read.entry, (this.#entries.get(read.entry) ?? 0) + 1);
  }

  #take(executionId: string): ReadFact[] {
    const held = this.#held.get(executionId);
    if (held === undefined) return [];
    const { entry, fact } = held;
    this.#held.delete(executionId);
    const rest = (this.#entries.get(entry) ?? 0) - 1;
    if (rest > 0) this.#entries.set(entry, rest);
    else this.#entries.delete(entry);
    return [{ entry, fact }];
  }
}

/** One without anything to do ends with its planning. */
function canWait(fact: Fact): boolean {
  return fact.kind === 'planned' && fact.epoch === FIRST_EPOCH && fact.slices.length > 0;
}
