import { setTimeout as delay } from 'node:timers/promises';
import type { Brake } from '@gantry/dispatch/brake';
import type { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import type { ExecutionQueue } from '@gantry/dispatch/execution-queue';
import type { JobPresence } from '@gantry/dispatch/job-presence';
import type { Journal } from '@gantry/dispatch/journal';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { findUnfinished, type UnfinishedExecution } from '@gantry/record/reconcile/find-unfinished';
import { replanJobs } from '@gantry/record/reconcile/replan-jobs';
import type { Logger } from '@gantry/service/logger';
import { type Diagnosis, diagnose, type Traces } from './diagnose.ts';

interface Examined {
  execution: UnfinishedExecution;
  traces: Traces;
  diagnosis: Diagnosis;
}

interface ReconcilerDeps {
  db: Database;
  leadership: Leadership;
  permissions: ExecutionPermissions;
  jobs: JobPresence;
  executions: ExecutionQueue;
  brake: Brake;
  journal: Journal;
  logger: Logger;
  /** Between two looks at Redis: whoever works on an execution has moved it in the meantime, or is gone. */
  secondLookMs: number;
  /** Resolves once the journal is folded up to the entry, or after a while with false. */
  foldedUpTo: (journalId: string) => Promise<boolean>;
}

/** Rows looked at in one sweep. */
const PAGE = 1_000;
/** What changed within this time is still on its way. */
const SETTLE_MS = 3_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Finds executions that nobody works on any more, because Redis lost something or an app died between two steps, and
 * sets them going again. Each sweep looks at one page unless it finds something; safe to run twice, also at the same time.
 */
export class Reconciler {
  readonly #deps: ReconcilerDeps;
  #afterId = FIRST_ID;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  /** One sweep over the next page, and on as long as something is wrong. @returns how many executions were set right */
  async runOnce(): Promise<number> {
    const { db, permissions, leadership } = this.#deps;
    const wiped = await permissions.missesTerm();
    if (wiped) {
      this.#deps.logger.info('Redis is empty (new, or wiped): looking at every unfinished execution');
      await permissions.announceTerm(leadership.term);
      this.#afterId = FIRST_ID;
    }
    let repaired = 0;
    let found: number;
    do {
      const settledBefore = new Date(Date.now() - (wiped ? 0 : SETTLE_MS));
      const page = await findUnfinished(db, { afterId: this.#afterId, settledBefore, limit: PAGE });
      found = await this.#repair(page);
      repaired += found;
      this.#afterId = page.length < PAGE ? FIRST_ID : (page.at(-1)?.id ?? FIRST_ID);
      // Where one page is wrong the next ones may be too: Redis was away for a while.
    } while ((wiped || found > 0) && this.#afterId !== FIRST_ID);
    return repaired;
  }

  async #repair(page: readonly UnfinishedExecution[]): Promise<number> {
    const { journal, foldedUpTo, logger } = this.#deps;
    const suspects = (await this.#examine(page)).filter(({ diagnosis }) => diagnosis !== 'fine');
    if (suspects.length === 0) return 0;
    // What looks wrong may be a step between two of somebody's writes, or be explained by facts that are not folded yet.
    const reported = await journal.lastId();
    await delay(this.#deps.secondLookMs);
    if (!(await foldedUpTo(reported))) return 0;
    const again = await this.#stillWrong(suspects);
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
      page.map(async (execution, index) => {
        const permission = found[index];
        const [executionJob, sliceJob] = await Promise.all([
          jobs.executionJob(execution.id, execution.epoch + 1),
          permission?.runtime
            ? jobs.sliceJob(permission.runtime, execution.id, permission.epoch, permission.slice)
            : ('absent' as const),
        ]);
        const traces = { permission, executionJob, sliceJob };
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
    const { db, leadership, permissions, jobs, executions: queue } = this.#deps;
    return asLeader(db, leadership, async (tx) => {
      const replannable = await replanJobs(
        tx,
        suspects.map(({ execution }) => execution),
      );
      const wrong = new Set((await this.#stillWrong(suspects)).map(({ execution }) => execution.id));
      const replanned = replannable.filter(({ executionId }) => wrong.has(executionId));
      await Promise.all(
        replanned.map(async ({ executionId, epoch }) => {
          await permissions.revoke(executionId);
          await jobs.removeExecutionJob(executionId, epoch);
        }),
      );
      await queue.add(replanned);
      return replanned.length;
    });
  }

  /** The lease's holder will never report: without the permission the brake does. */
  async #stop(executions: readonly UnfinishedExecution[]): Promise<void> {
    await Promise.all(executions.map(({ id }) => this.#deps.permissions.revoke(id)));
  }
}

function having(examined: readonly Examined[], diagnosis: Diagnosis) {
  return examined.filter((one) => one.diagnosis === diagnosis).map(({ execution }) => execution);
}
