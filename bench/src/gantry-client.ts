import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Run } from './inversions.ts';

const created = z.object({ id: z.string() });
const page = z.object({ totalElements: z.number() });

const runsPage = z.object({
  content: z.array(
    z.object({
      priority: z.number(),
      createdOn: z.string(),
      pipeline: z.object({ steps: z.array(z.object({ start: z.string().nullish() })) }),
    }),
  ),
  nextCursor: z.string().nullable(),
});

const POLL_MS = 50;
const MAX_POLL_MS = 2_000;
const TIMEOUT_MS = 120_000;

/** The part of the HTTP API that the bench needs, used as any client would. */
export class GantryClient {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  async createProject(name: string): Promise<string> {
    return created.parse(await this.#send('POST', '/api/projects', { name })).id;
  }

  /** An assistant with that many no-op steps, which hears events of the type. */
  async createAssistant(projectId: string, eventType: string, steps: number): Promise<string> {
    const pipeline = { steps: Array.from({ length: steps }, () => ({ ref: 'module://gantry/noop' })) };
    const assistant = { name: eventType, subscription: eventType, options: { pipeline } };
    return created.parse(await this.#send('POST', `/api/projects/${projectId}/assistants`, assistant)).id;
  }

  async sendEvents(projectId: string, eventType: string, count: number): Promise<void> {
    await this.#send(
      'POST',
      '/api/events',
      Array.from({ length: count }, () => ({ eventType, projectId })),
    );
  }

  async sendPrioritized(projectId: string, eventType: string, priorities: readonly number[]): Promise<void> {
    await this.#send(
      'POST',
      '/api/events',
      priorities.map((priority) => ({ eventType, projectId, priority })),
    );
  }

  /**
   * Resolves when that many executions of the assistant have succeeded. Counting them costs the system as much as running
   * dozens, so that it is asked again after half of the time that the rest will take at the pace so far.
   */
  async waitForSuccesses(assistantId: string, count: number, pollMs = POLL_MS): Promise<void> {
    const filter = encodeURIComponent(`assistantId eq '${assistantId}' and status eq 'SUCCEEDED'`);
    let until = Date.now() + TIMEOUT_MS;
    let last = { at: performance.now(), total: Number.POSITIVE_INFINITY };
    for (;;) {
      const { totalElements: total } = page.parse(
        await this.#send('GET', `/api/executions?pageSize=1&filter=${filter}`),
      );
      const at = performance.now();
      if (total >= count) return;
      if (total > last.total) until = Date.now() + TIMEOUT_MS;
      if (Date.now() > until) throw new Error(`only ${total} of ${count} executions succeeded`);
      const restMs = total > last.total ? ((count - total) * (at - last.at)) / (total - last.total) : 0;
      last = { at, total };
      await delay(Math.min(Math.max(pollMs, restMs / 2), MAX_POLL_MS));
    }
  }

  /** What is known of the order in which all executions of an assistant ran, those created last first. */
  async runs(assistantId: string): Promise<Run[]> {
    const filter = encodeURIComponent(`assistantId eq '${assistantId}'`);
    const runs: Run[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = `pageSize=1000&sort=createdOn,desc&filter=${filter}&cursor=${encodeURIComponent(cursor)}`;
      const read = runsPage.parse(await this.#send('GET', `/api/executions?${query}`));
      for (const { priority, createdOn, pipeline } of read.content) {
        const startedAt = Date.parse(pipeline.steps[0]?.start ?? '');
        runs.push({ priority, createdAt: Date.parse(createdOn), startedAt });
      }
      cursor = read.nextCursor;
    }
    return runs;
  }

  async #send(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { 'x-api-key': this.#key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
