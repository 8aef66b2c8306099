import { setTimeout as delay } from 'node:timers/promises';
import { GantryClient } from '@gantry/client/gantry-client';
import { GantryError } from '@gantry/client/gantry-error';
import type { EventAnswer, EventInput } from '@gantry/contracts/http/event';
import { Dice } from './dice.ts';
import type { AcceptedEvent, Ledger } from './ledger.ts';
import { eventTypeOf, pickScenario, SCENARIOS, type Scenario } from './scenarios.ts';

interface ProducerOptions {
  apiUrls: readonly string[];
  apiKey: string;
  projectId: string;
  ledger: Ledger;
  seed: number;
  /** Events that are sent in a second, while the apis answer. */
  perSecond: number;
  /** Fires when no more events shall be sent. */
  signal: AbortSignal;
}

/** How long a producer goes on sending what is not answered, after the load has ended. */
const PATIENCE_MS = 60_000;
/** A small one, so that a paused api does not hold a producer for long. */
const ANSWER_MS = 5_000;
const PRODUCERS = 6;
const MOST_UNDER_WAY = 40;

/**
 * Sends events, cancels and reprocesses until the signal fires, each until it is answered, and writes down what was
 * promised. Resolves when every call has been answered or given up.
 */
export async function produce(options: ProducerOptions): Promise<void> {
  const producers = Array.from({ length: PRODUCERS }, (_, index) => produceAlone(options, index));
  await Promise.all(producers);
}

async function produceAlone(options: ProducerOptions, index: number): Promise<void> {
  const { apiUrls, apiKey, ledger, signal } = options;
  const dice = new Dice(options.seed + index);
  const url = apiUrls[index % apiUrls.length] ?? '';
  const client = new GantryClient({ url, apiKey, timeoutMs: ANSWER_MS, retry: { attempts: 2, maxMs: 2_000 } });
  const pauseMs = (1_000 * PRODUCERS) / options.perSecond;
  const underWay = new Set<Promise<void>>();

  while (!signal.aborted) {
    if (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay);
    const work = one().finally(() => underWay.delete(work));
    underWay.add(work);
    await delay(dice.between(0, 2 * pauseMs), undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(underWay);

  async function one(): Promise<void> {
    const scenario = pickScenario(dice);
    const { event, later }: Scenario = SCENARIOS[scenario];
    const input: EventInput = {
      eventType: eventTypeOf(scenario),
      id: crypto.randomUUID(),
      source: 'chaos',
      projectId: options.projectId,
      ...event?.(dice),
    };
    const laterMs = dice.between(0, 2_500);
    const answer = await untilAnswered(() => client.events.send(input));
    if (answer === undefined) {
      ledger.unanswered += 1;
      return;
    }
    const accepted = accept(answer);
    ledger.events.push(accepted);
    await delay(laterMs);
    if (later === 'cancel') await Promise.all(accepted.executionIds.map(cancel));
    if (later === 'reprocess' && input.documentFamilyId) await reprocess(accepted.executionIds);

    function accept({ executions }: EventAnswer): AcceptedEvent {
      const executionIds = executions.map(({ id }) => id);
      const deduplicationKey = input.deduplicationKey ?? undefined;
      return { scenario, acceptedAt: Date.now(), executionIds, deduplicationKey };
    }
  }

  async function cancel(executionId: string): Promise<void> {
    const answer = await untilAnswered(() => client.executions.cancel(executionId).catch(ifFinished));
    if (answer !== undefined && answer !== 'finished') ledger.cancelled.add(executionId);
  }

  async function reprocess(executionIds: readonly string[]): Promise<void> {
    for (const executionId of executionIds) {
      const execution = await untilAnswered(() => client.executions.get(executionId).catch(ifGone));
      const familyId = execution?.documentFamilyId;
      if (!familyId) continue;
      const replacements = await untilAnswered(() => client.documentFamilies.reprocess(familyId).catch(ifGone));
      for (const { id } of replacements ?? []) ledger.replacements.add(id);
    }
  }

  /** Undefined if there was no answer until long after the load has ended. Throws on a refusal. */
  async function untilAnswered<T>(call: () => Promise<T>): Promise<T | undefined> {
    for (let givesUpAt = Number.POSITIVE_INFINITY; Date.now() < givesUpAt; ) {
      if (signal.aborted && givesUpAt === Number.POSITIVE_INFINITY) givesUpAt = Date.now() + PATIENCE_MS;
      try {
        return await call();
      } catch (error) {
        if (!isPassing(error)) throw error;
      }
    }
    return undefined;
  }
}

/** It may be answered another time. An answer of 500 is a defect. */
function isPassing(error: unknown): boolean {
  return error instanceof GantryError && (error.code === 'NO_ANSWER' || [429, 503].includes(error.status));
}

function ifGone(error: unknown): undefined {
  if (error instanceof GantryError && error.status === 404) return undefined;
  throw error;
}

function ifFinished(error: unknown): 'finished' {
  // Of one that is not there any more the audit tells, unless the record was restored.
  if (error instanceof GantryError && (error.code === 'EXECUTION_FINISHED' || error.status === 404)) return 'finished';
  throw error;
}
