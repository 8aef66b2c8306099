import { setTimeout as delay } from 'node:timers/promises';
import type { Brake } from '@gantry/dispatch/brake';
import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import type { ExecutionQueue } from '@gantry/dispatch/execution-queue';
import type { JobPresence } from '@gantry/dispatch/job-presence';
import type { Journals } from '@gantry/dispatch/journals';
import type { Seen, SeenHistory } from '@gantry/dispatch/seen-history';
import type { Shards } from '@gantry/dispatch/shards';
import type { Database } from '@gantry/record/connection/database';
import { type History, readHistory } from '@gantry/record/leader/history';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { findUnfinished, type UnfinishedExecution } from '@gantry/record/reconcile/find-unfinished';
import { replanJobs } from '@gantry/record/reconcile/replan-jobs';
import { findRequeueRequested, forgetRequeueRequests } from '@gantry/record/reconcile/requeue-requests';
import type { Logger } from '@gantry/service/logger';
import type { Lookout } from '../lookout.ts';
import { mendKeys } from '../mend-keys.ts';
import { isAnotherHistory } from './another-history.ts';
import { type Diagnosis, diagnose, type Traces } from './diagnose.ts';

interface Examined {
  execution: UnfinishedExecution;
  traces: Traces;
  diagnosis: Diagnosis;
}

interface ReconcilerDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  permissions: ExecutionPermissions;
  jobs: JobPresence;
  executions: ExecutionQueue;
  brake: Brake;
  journals: Journals;
  seen: SeenHistory;
  lookout: Lookout;
  shards: Shards;
  logger: Logger;
  /** Between two looks at Redis: whoever works on an execution has moved it in the meantime, or is gone. */
  secondLookMs: number;
  /** Resolves once the journals are folded up to these entries, one of each, or after a while with false. */
  foldedUpTo: (journalIds: readonly string[]) => Promise<boolean>;
  /** What Redis held was deleted: those who watch may have missed changes. */
  onForgotten: () => Promise<void>;
}

/** Rows looked at in one sweep. */
const PAGE = 1_000;
/** Of those that operators asked for. */
const REQUESTS = 500;
/** What changed within this time is still on its way. */
const SETTLE_MS = 3_000;
/** Keys of the wrong type are rare, and there are many to look at. */
const MEND_EVERY_MS = 5_000;
/** What many executions are is asked less often: that costs as much of Redis as a part of what moves them on. */
const MANY = 100;
const REST_MS_EACH = 3;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Finds executions that nobody works on any more, because Redis lost something or an app died between two steps, and
 * sets them going again. Each sweep looks at one page unless it finds something; safe to run twice, also at the same time.
 */
export class Reconciler {
  readonly #deps: ReconcilerDeps;
  #afterId = FIRST_ID;
  /** In ms of `performance.now()`. */
  #mendAt = 0;
  #lookAt = 0;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  /**
   * One sweep over the next page, and on as long as something is wrong; none right after many that were not.
   * @returns how many executions were set right
   */
  async runOnce(): Promise<number> {
    const { db, lookout } = this.#deps;
    if (performance.now() >= this.#mendAt) await this.#mendKeys();
    const wiped = await this.#lookAtHistory();
    const { inRedis, requeue } = await lookout.look();
    let repaired = requeue ? await this.#requeue() : 0;
    if (wiped) this.#afterId = FIRST_ID;
    else if (!inRedis || performance.now() < this.#lookAt) return repaired;
    let found: number;
    do {
      const settledMs = wiped ? 0 : SETTLE_MS;
      const page = await findUnfinished(db, { afterId: this.#afterId, settledMs, limit: PAGE });
      found = (await this.#repair(page)) ?? 0;
      repaired += found;
      if (found === 0 && page.length >= MANY) this.#lookAt = performance.now() + page.length * REST_MS_EACH;
      this.#afterId = page.length < PAGE ? FIRST_ID : (page.at(-1)?.id ?? FIRST_ID);
      // Where one page is wrong the next ones may be too: Redis was away for a while.
    } while ((wiped || found > 0) && this.#afterId !== FIRST_ID);
    return repaired;
  }

  async #mendKeys(): Promise<void> {
    this.#mendAt = performance.now() + MEND_EVERY_MS;
    const { shards, logger } = this.#deps;
    await Promise.all(shards.all.map((shard) => mendKeys(shard, logger)));
  }

  /**
   * Compares what Redis has seen of the record with the record. What Redis holds of another history is deleted: from then
   * on it is a Redis that was wiped.
   * @returns whether Redis holds nothing of this history
   */
  async #lookAtHistory(): Promise<boolean> {
    const { db, permissions, leadership, commits, lookout, seen, logger } = this.#deps;
    // What Redis has been told was read of the record before this is.
    const known = await seen.read();
    const { lineage, beat } = await lookout.look();
    let history: History = { lineage, beat };
    const isOfAnother = (one: Seen | undefined) => one !== undefined && isAnotherHistory(one, history, leadership.term);
    const another = known.some(isOfAnother);
    if (another) {
      await commits.follow(
        asLeader(db, leadership, async (tx) => {
          history = await readHistory(tx);
          const keys = await seen.forgetEverything();
          logger.warn(
            { known, history, keys },
            'the record was restored, or is another one: what Redis held is forgotten',
          );
        }),
      );
    } else if (known.includes(undefined)) {
      logger.info('Redis is empty (new, or wiped): looking at every unfinished execution');
    }
    const wiped = another || known.includes(undefined);
    if (wiped) await permissions.announceTerm(leadership.term);
    await seen.note(history);
    if (another) await this.#deps.onForgotten();
    return wiped;
  }

  /** What operators asked for: also what looks well is planned again, unless a worker has it in hand. */
  async #requeue(): Promise<number> {
    const { db, logger } = this.#deps;
    const requested = await findRequeueRequested(db, REQUESTS);
    if (requested.length === 0) return 0;
    const repaired = await this.#repair(requested, ({ traces, diagnosis }) =>
      diagnosis === 'fine' && traces.sliceJob !== 'held' ? 'replan' : diagnosis,
    );
    if (repaired === undefined) return 0;
    await forgetRequeueRequests(
      db,
      requested.map(({ id }) => id),
    );
    logger.info({ requested: requested.length, repaired }, 'requeued');
    return repaired;
  }

  /** @returns how many; undefined while the journal holds what may explain them */
  async #repair(
    page: readonly UnfinishedExecution[],
    judge: (examined: Examined) => Diagnosis = ({ diagnosis }) => diagnosis,
  ): Promise<number | undefined> {
    const { journals, foldedUpTo, logger } = this.#deps;
    const examined = (await this.#examine(page)).map((one) => ({ ...one, diagnosis: judge(one) }));
    const suspects = examined.filter(({ diagnosis }) => diagnosis !== 'fine');
    if (suspects.length === 0) return 0;
    // What looks wrong may be a step between two of somebody's writes, or be explained by facts that are not folded yet.
    const reported = await journals.lastIds();
    await delay(this.#deps.secondLookMs);
    if (!(await foldedUpTo(reported))) return undefined;
    const again = (await this.#stillWrong(suspects)).map((one) => ({ ...one, diagnosis: judge(one) }));
    const replanned = await this.#replan(again.filter(({ diagnosis }) => diagnosis === 'replan'));
    const braked = having(again, 'brake');
    const stopped = having(again, 'stopped');
    await this.#stop(stopped);
    await this.#deps.brake.apply([...braked, ...stopped].map(({ id, epoch }) => ({ executionId: id, epoch })));
    const repaired = replanned + braked.length + stopped.length;
    if (repaired > 0) logger.warn({ replanned, braked: braked.length, stopped: stopped.length }, 'reconciled');
    return repaired;
  }

  async #examine(page: readonly UnfinishedExecution[]): Promise<Examined[]> {
    const { permissions, jobs } = this.#deps;
    const found = await permissions.read(page.map(({ id }) => id));
    return Promise.all(
      page.map(async (execution, index): Promise<Examined> => {
        const permission = found[index];
        const sliceJob = permission?.runtime
          ? await jobs.sliceJob(permission.runtime, execution.id, permission.epoch, permission.slice)
          : ('absent' as const);
        const running = { execution, traces: { permission, executionJob: false, sliceJob } };
        // Of one that runs, as most do, nothing more need be known.
        if (diagnose(execution, running.traces) === 'fine') return { ...running, diagnosis: 'fine' };
        const executionJob = await jobs.executionJob(execution.id, execution.epoch + 1, execution.queueBatch);
        const traces = { ...running.traces, executionJob };
        return { execution, traces, diagnosis: diagnose(execution, traces) };
      }),
    );
  }

  /** Those of which Redis holds just what it held before. */
  async #stillWrong(suspects: readonly Examined[]): Promise<Examined[]> {
    const before = new Map(suspects.map(({ execution, traces }) => [execution.id, JSON.stringify(traces)]));
    const again = await this.#examine(suspects.map(({ execution }) => execution));
    return again.filter(({ execution, traces }) => before.get(execution.id) === JSON.stringify(traces));
  }

  /** Under the rows' locks: no cancel comes in between, and another reconciler's work is seen. */
  async #replan(suspects: readonly Examined[]): Promise<number> {
    if (suspects.length === 0) return 0;
    const { db, leadership, commits, permissions, jobs, executions: queue } = this.#deps;
    return commits.follow(
      asLeader(db, leadership, async (tx) => {
        const replannable = await replanJobs(
          tx,
          suspects.map(({ execution }) => execution),
        );
        const lastPermissions = new Map(suspects.map(({ execution, traces }) => [execution.id, traces.permission]));
        const wrong = new Set((await this.#stillWrong(suspects)).map(({ execution }) => execution.id));
        const replanned = replannable.filter(({ executionId }) => wrong.has(executionId));
        await Promise.all(
          replanned.map(async ({ executionId, epoch }) => {
            await permissions.revoke(executionId);
            await jobs.removeExecutionJob(executionId, epoch);
            const last = lastPermissions.get(executionId);
            if (last?.runtime) await jobs.removeSliceJob(last.runtime, executionId, last.epoch, last.slice);
          }),
        );
        await queue.add(replanned);
        return replanned.length;
      }),
    );
  }

  /** The lease's holder will never report: without the permission the brake does. */
  async #stop(executions: readonly UnfinishedExecution[]): Promise<void> {
    await Promise.all(executions.map(({ id }) => this.#deps.permissions.revoke(id)));
  }
}

function having(examined: readonly Examined[], diagnosis: Diagnosis) {
  return examined.filter((one) => one.diagnosis === diagnosis).map(({ execution }) => execution);
}
