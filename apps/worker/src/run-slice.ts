import type { SliceJob } from '@gantry/contracts/execution-job';
import type { JobEnd } from '@gantry/dispatch/job-worker';
import type { HeldSlice } from './held-slices.ts';
import { addNext, SliceRun, type SliceRunDeps } from './slice-run.ts';
import { OVER } from './step-outcome.ts';
import { untilAnswered } from './until-answered.ts';

/** What only a newer worker can run is offered again this much later. */
const NEWER_MS = 5_000;

/** Runs a slice from its checkpoint on, if it may still run. */
export async function runSlice(deps: SliceRunDeps, job: SliceJob, held: HeldSlice): Promise<JobEnd> {
  const at = Date.now();
  const started = await deps.leases.start(held.lease, deps.workerId, at);
  if (started.kind === 'started') return new SliceRun(deps, job, held, started, at).run();
  if (started.kind === 'waiting') return untilAnswered(deps.leases, job, started.leftMs);
  if (started.kind === 'newer') {
    deps.logger.warn({ executionId: job.executionId }, 'opened by a newer version of Gantry: put back');
    return { kind: 'put-back', at: Date.now() + NEWER_MS };
  }
  if (started.kind === 'advanced') await addNext(deps, job);
  deps.logger.debug({ executionId: job.executionId, slice: job.slice, found: started.kind }, 'slice dropped');
  return OVER;
}
