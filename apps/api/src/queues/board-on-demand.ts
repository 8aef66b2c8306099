import type { Shards } from '@gantry/dispatch/shards';
import type { RequestHandler } from 'express';

/** The board of queues. Few look at it, and its libraries take memory: they come with the first who does. */
export function boardOnDemand(shards: Shards): RequestHandler {
  let board: Promise<RequestHandler> | undefined;
  return async (request, response, next) => {
    board ??= import('./queue-board.ts').then(({ queueBoard }) => queueBoard(shards));
    (await board)(request, response, next);
  };
}
