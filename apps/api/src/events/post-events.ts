import { setImmediate as othersTurn } from 'node:timers/promises';
import { cloudEventSchema } from '@gantry/contracts/http/cloud-event';
import {
  type EventsAnswer,
  eventAnswerSchema,
  eventInputSchema,
  eventsAnswerSchema,
} from '@gantry/contracts/http/event';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { LIMITS } from '@gantry/domain/limits';
import { isDatabaseUnavailable } from '@gantry/record/connection/database-error';
import { areSameEvents } from '@gantry/record/events/are-same-events';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { idempotencyKey, keyReused } from '../http/idempotency.ts';
import { problemOf } from '../http/problem-of.ts';
import { type Incoming, route } from '../http/route.ts';
import type { SettledEvent } from '../ingest-batcher.ts';
import { CE_HEADERS } from './binary-cloud-event.ts';
import { eventAnswer } from './event-answer.ts';
import { readEvent } from './read-event.ts';
import { readSentEvents } from './sent-events.ts';

const READ_AT_ONCE = 20;

const arrayOf = (event: z.ZodType) => z.array(event).max(LIMITS.eventsPerRequest);

export const postEvents = route({
  method: 'post',
  path: '/api/events',
  summary: 'Hand in an event, or up to 1,000 that are answered item by item',
  scopes: ['events:write'],
  bodies: {
    'application/json': z.union([eventInputSchema, arrayOf(eventInputSchema)]),
    'application/cloudevents+json': cloudEventSchema,
    'application/cloudevents-batch+json': arrayOf(cloudEventSchema),
    'application/x-ndjson': z.string().meta({ description: 'An event of either form a line' }),
  },
  headers: {
    'Idempotency-Key': 'Identity of an event that has no id of its own; of the events of an array, with their index.',
    ...Object.fromEntries(
      CE_HEADERS.map((name) => [name, 'Attribute of a CloudEvent in binary form, whose data is the body.']),
    ),
  },
  answers: { 202: z.union([eventAnswerSchema, eventsAnswerSchema]) },
  errors: [
    'PROJECT_REQUIRED',
    'PROJECT_NOT_FOUND',
    'PROJECT_MISMATCH',
    'SUBSCRIPTIONS_TOO_COSTLY',
    'EVENT_QUEUE_FULL',
    'IDEMPOTENCY_KEY_REUSED',
  ],
  async handle(incoming, deps) {
    const { organizationId } = incoming.caller;
    const { traceparent } = incoming;
    const id = idempotencyKey(incoming.request);
    const sent = await readSentEvents(incoming.request);
    if ('one' in sent) {
      const event = readEvent(sent.one(), { organizationId, id, traceparent });
      const [settled] = await deps.batcher.submit([event]);
      const body = eventAnswer(settled);
      if (id !== null) await checkSame([event], [body], id, deps);
      return { status: 202, body };
    }
    const read: PromiseSettledResult<IncomingEvent>[] = [];
    for (const [index, plainForm] of sent.many.entries()) {
      // Others are served in between: together they may have 16 MiB.
      if (index % READ_AT_ONCE === READ_AT_ONCE - 1) await othersTurn();
      read.push(
        settle(() =>
          readEvent(plainForm(), { organizationId, traceparent, id: id === null ? null : `${id}/${index}` }),
        ),
      );
    }
    const body = await writeAll(read, incoming, deps);
    if (id !== null) {
      const events = read.map((each) => (each.status === 'fulfilled' ? each.value : null));
      await checkSame(events, body, id, deps);
    }
    return { status: 202, body };
  },
});

/**
 * What is known by an Idempotency-Key must be what was sent with it.
 * @throws ApiError IDEMPOTENCY_KEY_REUSED
 */
async function checkSame(
  events: readonly (IncomingEvent | null)[],
  answers: EventsAnswer,
  key: string,
  { db }: ApiDeps,
): Promise<void> {
  const known = answers.flatMap((answer, index) => {
    const event = events[index];
    const isKnown = event != null && 'duplicate' in answer && answer.duplicate && event.externalId?.startsWith(key);
    return isKnown ? [{ eventId: answer.eventId, event }] : [];
  });
  if (await areSameEvents(db, known)) return;
  throw keyReused();
}

/** @returns an answer or a problem for each event, in order */
async function writeAll(
  read: readonly PromiseSettledResult<IncomingEvent>[],
  { request }: Pick<Incoming<unknown, unknown, unknown>, 'request'>,
  deps: ApiDeps,
): Promise<EventsAnswer> {
  const good = read.flatMap((event) => (event.status === 'fulfilled' ? [event.value] : []));
  const written = good.length === 0 ? [] : await deps.batcher.submit(good);
  const failure = written.find((event) => event.status === 'rejected' && isDatabaseUnavailable(event.reason));
  if (failure?.status === 'rejected') throw failure.reason;

  const results = written[Symbol.iterator]();
  return read.map((event, index) => {
    try {
      if (event.status === 'rejected') throw event.reason;
      const settled: SettledEvent | undefined = results.next().value;
      return eventAnswer(settled);
    } catch (error) {
      const { problem } = problemOf(error, postEvents.path);
      if (problem.status >= 500) deps.logger.error({ err: error, index, url: request.url }, 'event failed');
      return { index, ...problem };
    }
  });
}

function settle<T>(work: () => T): PromiseSettledResult<T> {
  try {
    return { status: 'fulfilled', value: work() };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
}
