import { setTimeout as delay } from 'node:timers/promises';
import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { Journal, JournalEntry } from '@gantry/dispatch/journal';
import { exception } from '@gantry/domain/exception-details';
import { type Fact, factSchema } from '@gantry/domain/fact';
import { shapeOf } from '@gantry/domain/shape';
import type { Database } from '@gantry/record/connection/database';
import { failExecution } from '@gantry/record/executions/fail-execution';
import type { EndedExecution } from '@gantry/record/fold/ended-executions';
import { dropFactsSetAside, readFactsSetAside, setFactsAside } from '@gantry/record/fold/facts-set-aside';
import { type FoldResult, foldFacts } from '@gantry/record/fold/fold-facts';
import { loadExecutions } from '@gantry/record/fold/load-executions';
import { asLeader, asLeaderAsking, type Leadership, NotLeaderError } from '@gantry/record/leader/leadership';
import type { Logger } from '@gantry/service/logger';
import { untilNextInstant } from '@gantry/service/next-instant';
import type { Service } from '@gantry/service/service';
import { isTracing, tellSpan } from '@gantry/service/spans';
import { z } from 'zod';
import { isPoison, mayPass } from '../poison.ts';
import { HeldPlans, type ReadFact } from './held-plans.ts';
import { enteredAt, retime } from './retime.ts';

interface RecorderDeps {
  db: Database;
  leadership: Leadership;
  journal: Journal;
  commits: Pick<CommitFollower, 'follow'>;
  logger: Logger;
  batchSize: number;
  /** The newest shape of facts that it reads. */
  newestShape: number;
  /** It folds what older leaders set aside: one recorder does, whatever the journal. */
  takesUp: boolean;
  priorityDefaults: Readonly<Record<string, number>>;
  /** So long what was planned may wait to be recorded with what comes of it. */
  holdPlansMs: number;
  onFolded: (batch: FoldedBatch) => void;
  /** A fact was set aside. */
  onParked: () => void;
}

/** What one transaction recorded. */
export interface FoldedBatch {
  facts: number;
  durationMs: number;
  /** The executions it finished. */
  ended: readonly EndedExecution[];
}

/** A fact that only a newer version of Gantry reads. */
interface NewerFact {
  entry: string;
  text: string;
  shape: number;
  executionId: string;
}

/** What is no fact, why, and the execution it names, if it does. */
interface UnreadableFact {
  entry: string;
  text: string;
  reason: string;
  executionId: string | undefined;
}

/** Before the first entry. */
const FIRST = '0';
/** So long at most a stop, and what is held, wait for a read that has nothing to read; it ends when others wake, too. */
const BLOCK_MS = { holding: 500, atRest: 1_000 };
const RETRY_MS = 250;
/**
 * A leader that was paused reads once more when it goes on, before it finds itself deposed: what it was given is nobody's
 * until its successor looks for what was read and not acknowledged.
 */
const LOOK_AGAIN_MS = 1_000;
/**
 * So many facts at once, or any that came sooner after the last ones were folded, say that more are coming. A batch costs as much
 * as fifty executions whatever is in it, and what happens to an execution between two batches is written once: so the next
 * batch gathers for a while.
 */
const BUSY_FACTS = 20;
const SOON_MS = 10;
const GATHER_MS = 50;
/** As many gather by themselves while a batch is folded: waiting for more leaves Postgres idle. */
const ENOUGH_FACTS = 250;
/** As often a fact is folded that is refused for what may pass, such as what somebody else wrote at the same moment. */
const MAX_ATTEMPTS = 5;
/** A busy worker reports about so many at once. */
const FACTS_AN_ENTRY = 4;

const namesExecution = z.object({ executionId: z.uuid() });

/**
 * Folds a journal into the record, batch by batch, and acknowledges what is committed. What the last leader had read
 * and not acknowledged comes first.
 */
export class Recorder implements Service {
  readonly name = 'recorder';
  readonly #deps: RecorderDeps;
  #plans: HeldPlans;
  /** Behind which entry of those that were read and not acknowledged it looks on; undefined once it has looked at all. */
  #lookBehind: string | undefined = FIRST;
  #lookedAtMs = 0;
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#plans = new HeldPlans(deps.holdPlansMs);
  }

  async start(): Promise<void> {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { batchSize, holdPlansMs, takesUp, logger } = this.#deps;
    const count = Math.ceil(batchSize / FACTS_AN_ENTRY);
    let takenUp = !takesUp;
    while (!this.#stopped) {
      try {
        if (!takenUp) await this.#takeUp();
        takenUp = true;
        const askedAt = performance.now();
        const entries = await this.#read(count);
        const soon = performance.now() - askedAt < SOON_MS;
        const facts = await this.#record(entries);
        const more = facts >= (soon ? 1 : BUSY_FACTS) && entries.length < count;
        if (more && facts < ENOUGH_FACTS) await delay(GATHER_MS);
      } catch (error) {
        if (error instanceof NotLeaderError) return;
        // Whatever was read and not acknowledged is read again.
        this.#plans = new HeldPlans(holdPlansMs);
        this.#lookBehind = FIRST;
        logger.warn({ err: error }, 'could not record, trying again');
        await delay(RETRY_MS);
      }
    }
    await this.#recordHeld();
  }

  /** What was read and not acknowledged, by whomever, comes before what is new. */
  async #read(count: number): Promise<JournalEntry[]> {
    const { journal } = this.#deps;
    if (this.#lookBehind === undefined && performance.now() - this.#lookedAtMs >= LOOK_AGAIN_MS) {
      this.#lookedAtMs = performance.now();
      if ((await journal.unacknowledged()) > this.#plans.entries) this.#lookBehind = FIRST;
    }
    if (this.#lookBehind === undefined) {
      const blockMs = this.#plans.entries > 0 ? BLOCK_MS.holding : BLOCK_MS.atRest;
      return journal.readNew(count, untilNextInstant(blockMs));
    }
    const entries = await journal.readUnacknowledged(count, this.#lookBehind);
    this.#lookBehind = entries.at(-1)?.id;
    return entries.filter(({ id }) => !this.#plans.holds(id));
  }

  /** Folds what an older leader could not read and this one can. */
  async #takeUp(): Promise<void> {
    const { db, leadership, newestShape, batchSize: limit } = this.#deps;
    while (!this.#stopped) {
      const aside = await readFactsSetAside(db, { newestShape, limit });
      if (aside.length === 0) return;
      await this.#foldAll(await this.#readable(aside.map(({ entry, fact }) => ({ id: entry, facts: fact }))));
      const ids = aside.map(({ id }) => id);
      await asLeader(db, leadership, (tx) => dropFactsSetAside(tx, ids));
    }
  }

  /** @returns how many facts were folded */
  async #record(entries: readonly JournalEntry[]): Promise<number> {
    const facts = this.#plans.sift(await this.#readable(entries), performance.now());
    await this.#foldAll(facts);
    await this.#acknowledge([...entries.map(({ id }) => id), ...facts.map(({ entry }) => entry)]);
    return facts.length;
  }

  async #acknowledge(entries: readonly string[]): Promise<void> {
    await this.#deps.journal.acknowledge([...new Set(entries)].filter((entry) => !this.#plans.holds(entry)));
  }

  /** Before it stops. What cannot be recorded now is read again by whoever leads next. */
  async #recordHeld(): Promise<void> {
    try {
      const facts = this.#plans.takeAll();
      await this.#foldAll(facts);
      await this.#acknowledge(facts.map(({ entry }) => entry));
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'could not record before stopping: left to the next leader');
    }
  }

  /** The facts of these entries that can be folded; the others are parked, or set aside. */
  async #readable(entries: readonly JournalEntry[]): Promise<ReadFact[]> {
    const facts: ReadFact[] = [];
    const newer: NewerFact[] = [];
    for (const read of entries.flatMap((entry) => readFacts(entry, this.#deps.newestShape))) {
      if ('fact' in read) facts.push(read);
      else if ('shape' in read) newer.push(read);
      else await this.#park(read);
    }
    if (newer.length > 0) await this.#setAside(newer);
    return facts;
  }

  async #foldAll(facts: readonly ReadFact[]): Promise<void> {
    const { batchSize } = this.#deps;
    for (let from = 0; from < facts.length; from += batchSize) await this.#fold(facts.slice(from, from + batchSize));
  }

  /** Facts may be folded in any order: those that wait for a newer leader hold nothing else up. */
  async #setAside(newer: readonly NewerFact[]): Promise<void> {
    const { db, leadership, logger } = this.#deps;
    const facts = newer.map(({ text, ...about }) => ({ ...about, fact: text }));
    await asLeader(db, leadership, (tx) => setFactsAside(tx, facts));
    logger.warn({ facts: facts.length }, 'facts of a newer version of Gantry: kept for a scheduler of that version');
  }

  /** Facts that the record refuses are found by halving, so that the others are recorded. */
  async #fold(facts: readonly ReadFact[], attempt = 1): Promise<void> {
    const { db, leadership, commits, priorityDefaults } = this.#deps;
    const startedAt = performance.now();
    const told = facts.map(({ fact }) => fact);
    let result: FoldResult;
    try {
      result = await commits.follow(
        asLeaderAsking(
          db,
          leadership,
          (tx) => loadExecutions(tx, told),
          (tx, now, loaded) => foldFacts(tx, told, { now, priorityDefaults }, loaded),
        ),
      );
    } catch (error) {
      if (!isPoison(error)) throw error;
      const [only] = facts;
      if (facts.length === 1 && only) {
        if (mayPass(error) && attempt < MAX_ATTEMPTS) return this.#fold(facts, attempt + 1);
        const { entry, fact } = only;
        const { executionId } = fact;
        return this.#park({ entry, text: JSON.stringify(fact), reason: String(error), executionId });
      }
      const middle = Math.ceil(facts.length / 2);
      await this.#fold(facts.slice(0, middle));
      return this.#fold(facts.slice(middle));
    }
    if (isTracing()) for (const { fact } of facts) traceFact(fact);
    this.#tell(result, { facts: facts.length, durationMs: performance.now() - startedAt });
  }

  #tell({ ended, refused }: FoldResult, measured: { facts: number; durationMs: number }): void {
    const { logger, onFolded } = this.#deps;
    for (const { executionId, status } of ended) logger.debug({ executionId, status }, 'execution finished');
    for (const event of refused) logger.warn(event, 'an event that an execution caused was not taken');
    onFolded({ ...measured, ended });
  }

  async #park({ entry, text, reason, executionId }: UnreadableFact): Promise<void> {
    const { db, leadership, commits, journal, onParked, logger } = this.#deps;
    onParked();
    logger.error({ entry, executionId, reason }, 'a fact was refused by the record: parked');
    await journal.park({ entry, fact: text, reason });
    if (executionId === undefined) return;
    const error = exception(
      'FACT_REFUSED',
      'What a worker reported of this execution could not be recorded.',
      reason.slice(0, 500),
    );
    await commits.follow(asLeader(db, leadership, (tx, now) => failExecution(tx, executionId, error, now)));
  }
}

/** From when a step ended until it is in the record. */
function traceFact(fact: Fact): void {
  if (fact.kind !== 'step-finished' || fact.traceparent === undefined) return;
  const attributes = {
    'gantry.execution_id': fact.executionId,
    'gantry.step': fact.step,
    'gantry.status': fact.status,
  };
  tellSpan('record', { parent: fact.traceparent, kind: 'job', startedAt: fact.at, attributes });
}

function readFacts({ id: entry, facts }: JournalEntry, newestShape: number): (ReadFact | NewerFact | UnreadableFact)[] {
  let told: unknown;
  try {
    told = JSON.parse(facts);
  } catch (error) {
    return [{ entry, text: facts, reason: String(error), executionId: undefined }];
  }
  return [told].flat().map((value: unknown) => {
    const shape = shapeOf(value);
    const executionId = shape > newestShape ? executionOf(value) : undefined;
    if (executionId !== undefined) return { entry, text: JSON.stringify(value), shape, executionId };
    const parsed = factSchema.safeParse(value);
    if (parsed.success) return { entry, fact: retime(parsed.data, enteredAt(entry)) };
    const reason = z.prettifyError(parsed.error);
    return { entry, text: JSON.stringify(value), reason, executionId: executionOf(value) };
  });
}

function executionOf(value: unknown): string | undefined {
  return namesExecution.safeParse(value).data?.executionId;
}
