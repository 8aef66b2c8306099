import type { Queues } from '@gantry/dispatch/queues';
import type { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import type { RequestHandler } from 'express';

/** The board of queues. Few look at it, and its libraries take memory: they come with the first who does. */
export function boardOnDemand(queues: Queues, runtimes: RuntimeRegistry): RequestHandler {
  let board: Promise<RequestHandler> | undefined;
  return async (request, response, next) => {
    board ??= import('./queue-board.ts').then(({ queueBoard }) => queueBoard(queues, runtimes));
    (await board)(request, response, next);
  };
}
