import type { SliceJob } from '@gantry/contracts/execution-job';
import type { JobEnd } from '@gantry/dispatch/job-worker';
import type { SliceLeases } from '@gantry/dispatch/slice-lease';

/** A step whose endpoint answers later is looked at so often, should the answer's word that its slice is due be lost. */
const LOOK_MS = 15_000;

/** Outside of its slot until the endpoint of its step answers. */
export function untilAnswered(
  leases: Pick<SliceLeases, 'isAnswered'>,
  { executionId }: Pick<SliceJob, 'executionId'>,
  leftMs: number,
): JobEnd {
  const at = Date.now() + Math.min(leftMs, LOOK_MS);
  return { kind: 'put-back', at, isDue: () => leases.isAnswered(executionId) };
}
