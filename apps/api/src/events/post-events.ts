import {
  type EventAnswer,
  type EventsAnswer,
  eventAnswerSchema,
  eventInputSchema,
  eventsAnswerSchema,
} from '@gantry/contracts/http/event';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { LIMITS } from '@gantry/domain/limits';
import { isDatabaseUnavailable } from '@gantry/record/database-error';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError, badField } from '../http/api-error.ts';
import { problemOf } from '../http/problem-of.ts';
import { type Incoming, route } from '../http/route.ts';
import type { SettledEvent } from '../ingest-batcher.ts';
import { eventAnswer } from './event-answer.ts';
import { checkEventSize, eventSize, readEvent } from './read-event.ts';

const MAX_REQUEST_BYTES = 16_777_216;
const MAX_IDEMPOTENCY_KEY = 200;

/** Checked item by item, so that one bad event of an array does not sink the others. */
const bodySchema = z.unknown().meta(
  z.toJSONSchema(z.union([eventInputSchema, z.array(eventInputSchema).max(LIMITS.eventsPerRequest)]), {
    io: 'input',
  }),
);

export const postEvents = route({
  method: 'post',
  path: '/api/events',
  summary: 'Hand in an event, or an array of up to 1,000 that are answered item by item',
  scopes: ['events:write'],
  body: bodySchema,
  maxBodyBytes: MAX_REQUEST_BYTES,
  answers: { 202: z.union([eventAnswerSchema, eventsAnswerSchema]) },
  async handle(incoming, deps) {
    const id = idempotencyKey(incoming.request.headers['idempotency-key']);
    const { body } = incoming;
    return {
      status: 202,
      body: Array.isArray(body) ? await many(body, id, incoming, deps) : await one(body, id, incoming, deps),
    };
  },
});

type EventsRequest = Incoming<unknown, unknown, unknown>;

async function one(
  body: unknown,
  id: string | null,
  { caller, bodySize }: EventsRequest,
  deps: ApiDeps,
): Promise<EventAnswer> {
  checkEventSize(bodySize);
  const [settled] = await deps.batcher.submit([readEvent(body, caller.organizationId, id)]);
  return eventAnswer(settled);
}

async function many(
  items: unknown[],
  id: string | null,
  incoming: EventsRequest,
  deps: ApiDeps,
): Promise<EventsAnswer> {
  if (items.length > LIMITS.eventsPerRequest) {
    throw new ApiError('CONTENT_TOO_LARGE', `A request holds at most ${LIMITS.eventsPerRequest} events.`);
  }
  const { organizationId } = incoming.caller;
  const read = items.map((item, index) =>
    settle(() => {
      if (incoming.bodySize > LIMITS.eventBytes) checkEventSize(eventSize(item));
      return readEvent(item, organizationId, id === null ? null : `${id}/${index}`);
    }),
  );
  const good = read.flatMap((event) => (event.status === 'fulfilled' ? [event.value] : []));
  const written = good.length === 0 ? [] : await deps.batcher.submit(good);
  const failure = written.find((event) => event.status === 'rejected' && isDatabaseUnavailable(event.reason));
  if (failure?.status === 'rejected') throw failure.reason;

  const results = written[Symbol.iterator]();
  return read.map((event, index) => answerItem(event, () => results.next().value, index, incoming, deps));
}

function answerItem(
  event: PromiseSettledResult<IncomingEvent>,
  nextResult: () => SettledEvent | undefined,
  index: number,
  { request }: EventsRequest,
  deps: ApiDeps,
): EventsAnswer[number] {
  try {
    if (event.status === 'rejected') throw event.reason;
    return eventAnswer(nextResult());
  } catch (error) {
    const { problem } = problemOf(error, postEvents.path);
    if (problem.status >= 500) deps.logger.error({ err: error, index, url: request.url }, 'event failed');
    return { index, ...problem };
  }
}

function settle<T>(work: () => T): PromiseSettledResult<T> {
  try {
    return { status: 'fulfilled', value: work() };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
}

function idempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined || header === '') return null;
  if (typeof header !== 'string' || header.length > MAX_IDEMPOTENCY_KEY) {
    throw badField('Idempotency-Key', `expected one text of at most ${MAX_IDEMPOTENCY_KEY} characters`);
  }
  return header;
}
