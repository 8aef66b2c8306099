import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventAnswer, eventAnswerSchema } from '@gantry/contracts/http/event';
import { problemSchema } from '@gantry/contracts/http/problem';
import type { TestSystem } from './test-system.ts';

/** Longer than any refusal may take. */
const HUNG_MS = 12_000;

interface Accepted {
  event: { id: string };
  answer: EventAnswer;
}

export interface Load {
  /** The events that were answered with 202, in that order. */
  readonly accepted: readonly Accepted[];
  /** How often a request was refused, by status and code; `broken` is a connection. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Sends nothing new; resolves when all that was sent is accepted. Throws what no producer should see. */
  stop(): Promise<readonly Accepted[]>;
}

/**
 * Producers that send events to the assistant of that name, each under an id of its own, again and again until it is
 * accepted: they wait as long as a refusal tells them to.
 */
export function startLoad(gantry: TestSystem, assistant: string, { producers = 4, pauseMs = 10 } = {}): Load {
  const accepted: Accepted[] = [];
  const refusals: Record<string, number> = {};
  let stopped = false;
  const refused = (why: string) => {
    refusals[why] = (refusals[why] ?? 0) + 1;
  };

  async function send(event: object, attempt: number): Promise<EventAnswer | { retryAfterMs: number }> {
    const { apiUrls, apiKey } = gantry.system;
    const url = `${apiUrls[attempt % apiUrls.length]}/api/events`;
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(event), signal: AbortSignal.timeout(HUNG_MS) };
    const response = await fetch(url, request).catch((error: Error) => {
      if (error.name === 'TimeoutError') throw new Error(`no answer within ${HUNG_MS} ms`);
      refused('broken');
    });
    const answer: unknown = await response?.json().catch(() => refused('broken'));
    if (response === undefined || answer === undefined) return { retryAfterMs: 100 };
    if (response.status === 202) return eventAnswerSchema.parse(answer);
    const { code } = problemSchema.parse(answer);
    const retryAfter = response.headers.get('retry-after');
    if (response.status !== 503 || retryAfter === null) throw new Error(`${response.status} ${code}, ${retryAfter}`);
    refused(code);
    return { retryAfterMs: Number(retryAfter) * 1_000 };
  }

  async function produce(producer: number): Promise<void> {
    for (let count = 0; !stopped; count += 1) {
      const event = { ...gantry.event(assistant, `${producer}-${count}-${randomUUID()}`), id: randomUUID() };
      for (let attempt = producer; ; attempt += 1) {
        const answer = await send(event, attempt);
        if (!('retryAfterMs' in answer)) {
          accepted.push({ event, answer });
          break;
        }
        await delay(answer.retryAfterMs);
      }
      await delay(pauseMs);
    }
  }

  const all = Promise.all(Array.from({ length: producers }, (_, producer) => produce(producer)));
  all.catch(() => {}); // whoever stops it is told
  return {
    accepted,
    refusals,
    async stop() {
      stopped = true;
      await all;
      return accepted;
    },
  };
}
