import type { QueuedSlice, QueuePlace } from '@gantry/dispatch/queue-places';
import { statusFromValue } from '@gantry/domain/status';
import { waitingSlice } from '@gantry/domain/waiting-slice';
import type { ExecutionView } from '@gantry/record/executions/execution-view';
import type { ApiDeps } from '../api-deps.ts';

/** By execution: the place of the slice that it waits with. Those of which that is not known are missing. */
export type PlacesBefore = ReadonlyMap<string, QueuePlace>;

/** Of a list as many are looked up as people read. */
const LOOKED_UP = 100;

/** One question to Redis, however many executions there are; nothing is known while it is away. */
export async function placesBefore(
  views: readonly ExecutionView[],
  { places, logger }: Pick<ApiDeps, 'places' | 'logger'>,
): Promise<PlacesBefore> {
  const slices = views
    .flatMap(({ row }): QueuedSlice[] => {
      const waiting = waitingSlice(statusFromValue(row.status), row.slices);
      return waiting === undefined ? [] : [{ executionId: row.id, epoch: row.epoch, ...waiting }];
    })
    .slice(0, LOOKED_UP);
  const before = await places.before(slices).catch((error) => {
    logger.debug({ err: error }, 'Redis did not say how much waits before executions');
    return [];
  });
  return new Map(
    slices.flatMap(({ executionId }, index) => {
      const place = before[index];
      return place === undefined ? [] : [[executionId, place] as const];
    }),
  );
}
