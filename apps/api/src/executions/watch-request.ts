import type { IncomingMessage } from 'node:http';
import { badField } from '../http/api-error.ts';
import type { Reply } from '../http/route.ts';
import type { Watch } from '../watch/watcher.ts';
import type { Watchers } from '../watch/watchers.ts';

const EVENT_ID = /^\d{1,15}-\d{1,15}$/;

/** What OpenAPI says of the header. */
export const LAST_EVENT_ID = {
  'Last-Event-ID': 'The id of the last event that the client has seen: the stream goes on after it.',
};

/**
 * The id of the last event that a client has seen, which it sends when it connects again.
 * @throws ApiError BAD_REQUEST
 */
export function lastEventId({ headers }: IncomingMessage): string | undefined {
  const id = headers['last-event-id'];
  if (id === undefined || id === '') return undefined;
  if (typeof id !== 'string' || !EVENT_ID.test(id)) throw badField('Last-Event-ID', 'expected the id of an event');
  return id;
}

/** @throws ApiError TOO_MANY_REQUESTS or TOO_MANY_WATCHERS */
export function watchReply(watchers: Watchers, watch: Watch): Reply<undefined> {
  watchers.checkRoom(watch.keyId);
  return {
    status: 200,
    body: undefined,
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      // Proxies of the nginx family would hold events back.
      'x-accel-buffering': 'no',
    },
    stream: (response) => watchers.add(response, watch),
  };
}
