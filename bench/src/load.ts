import { setTimeout as delay } from 'node:timers/promises';
import type { GantryClient } from '@gantry/client/gantry-client';
import type { EventInput } from '@gantry/contracts/http/event';

/** `document`: of a new document, its family and content object in the event; `plain`: of a type of its own, with nothing. */
export type EventShape = 'document' | 'plain';

const ARRAY = 100;
const ARRAYS_AT_ONCE = 4;
const REQUESTS_AT_ONCE = 32;
const POLL_MS = 10;
const MAX_POLL_MS = 500;
const TIMEOUT_MS = 120_000;

/** An assistant that hears the events sent here, and what has become of its executions. */
export class Load {
  readonly assistantId: string;
  readonly #client: GantryClient;
  readonly #projectId: string;
  readonly #shape: EventShape;
  #sent = 0;

  private constructor(client: GantryClient, projectId: string, assistantId: string, shape: EventShape) {
    this.#client = client;
    this.#projectId = projectId;
    this.assistantId = assistantId;
    this.#shape = shape;
  }

  /** In a project of its own, with a pipeline of that many steps. */
  static async of(client: GantryClient, { steps, shape = 'document', step = NOOP }: LoadOptions): Promise<Load> {
    const { id: projectId } = await client.projects.create({ name: `${steps} steps ${crypto.randomUUID()}` });
    const { id } = await client.assistants.create(projectId, {
      name: 'bench',
      subscription: EVENT_TYPES[shape],
      options: { pipeline: { steps: Array.from({ length: steps }, () => step) } },
    });
    return new Load(client, projectId, id, shape);
  }

  /** Sends that many events in arrays; resolves once all are accepted. */
  async sendArrays(count: number, { size = ARRAY, priorityOf }: ArrayOptions = {}): Promise<void> {
    const firsts = Array.from({ length: Math.ceil(count / size) }, (_, index) => index * size);
    await inParallel(firsts, ARRAYS_AT_ONCE, async (first) => {
      const length = Math.min(size, count - first);
      const events = Array.from({ length }, (_, index) => {
        const event = this.#event();
        return priorityOf === undefined ? event : { ...event, priority: priorityOf(first + index) };
      });
      await this.#client.events.send(events);
    });
  }

  /** Sends that many events, each in a request of its own. */
  async sendOneByOne(count: number): Promise<void> {
    await inParallel(Array.from({ length: count }), REQUESTS_AT_ONCE, () => this.sendOne());
  }

  /** @returns the execution that the event has started */
  async sendOne(): Promise<string> {
    const { executions } = await this.#client.events.send(this.#event());
    return executions[0]?.id ?? '';
  }

  /**
   * Resolves when everything sent has succeeded. Asking costs the system something too, so that it is asked again after
   * half of the time that the rest will take at the pace so far.
   */
  async untilDone(): Promise<void> {
    let until = Date.now() + TIMEOUT_MS;
    let last = { at: performance.now(), done: Number.POSITIVE_INFINITY };
    for (;;) {
      const done = await this.#succeeded();
      const at = performance.now();
      if (done >= this.#sent) return;
      if (done > last.done) until = Date.now() + TIMEOUT_MS;
      if (Date.now() > until) throw new Error(`only ${done} of ${this.#sent} executions succeeded`);
      const restMs = done > last.done ? ((this.#sent - done) * (at - last.at)) / (done - last.done) : 0;
      last = { at, done };
      await delay(Math.min(Math.max(POLL_MS, restMs / 2), MAX_POLL_MS));
    }
  }

  async #succeeded(): Promise<number> {
    const { counts } = await this.#client.rollups.executions({ assistantId: this.assistantId });
    return counts.reduce((sum, { statuses }) => sum + (statuses.SUCCEEDED ?? 0), 0);
  }

  #event(): EventInput {
    this.#sent += 1;
    const event = { eventType: EVENT_TYPES[this.#shape], projectId: this.#projectId };
    if (this.#shape === 'plain') return event;
    const id = `${this.#projectId}-${this.#sent}`;
    return {
      ...event,
      documentFamilyId: id,
      contentObjectId: `${id}-original`,
      documentFamily: {
        path: `inbox/${id}.pdf`,
        labels: ['invoice'],
        metadata: { sender: 'billing@example.com', pages: 3 },
      },
    };
  }
}

export interface ArrayOptions {
  /** Events in one. */
  size?: number;
  /** Of each event, counted from 0; by default that of its type. */
  priorityOf?: (index: number) => number;
}

export interface LoadOptions {
  steps: number;
  shape?: EventShape;
  /** Each of them. */
  step?: { ref: string; options?: Record<string, string | number> };
}

const NOOP = { ref: 'module://gantry/noop' };

const EVENT_TYPES = { document: 'CONTENT_CREATED', plain: 'BENCH' } as const;

/** Does something for each item, never for more than `atOnce` at the same time. */
async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
