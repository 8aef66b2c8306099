import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { EXECUTIONS_QUEUE, runtimeQueueName } from '@gantry/dispatch/queue-names';
import type { Queues } from '@gantry/dispatch/queues';
import type { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { type RequestHandler, Router } from 'express';
import { BOARD_PATH } from './board-access.ts';

const REFRESH_MS = 2_000;

/**
 * Bull Board over the live queues: `executions`, and one for each module runtime as they appear. It only shows: what is
 * to happen to an execution is decided in the record, which a job moved or removed here would never tell.
 */
export function queueBoard(queues: Queues, runtimes: RuntimeRegistry): Router {
  const adapter = new ExpressAdapter().setBasePath(BOARD_PATH);
  const shown = new Set([EXECUTIONS_QUEUE]);
  const show = (name: string) => new BullMQAdapter(queues.get(name), { readOnlyMode: true });
  const board = createBullBoard({
    queues: [show(EXECUTIONS_QUEUE)],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Gantry queues' } },
  });

  let readAtMs = 0;
  const refresh: RequestHandler = async (_request, _response, next) => {
    if (Date.now() - readAtMs >= REFRESH_MS) {
      readAtMs = Date.now();
      for (const name of (await runtimes.list()).map(runtimeQueueName)) {
        if (shown.has(name)) continue;
        shown.add(name);
        board.addQueue(show(name));
      }
    }
    next();
  };
  return Router().use(refresh, adapter.getRouter());
}
