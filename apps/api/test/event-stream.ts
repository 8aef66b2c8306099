import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import { waitFor } from '@gantry/testkit/wait-for';
import { expect } from 'vitest';
import type { ApiClient } from './api-client.ts';

export interface StreamEvent {
  /** `message` where the event names none. */
  type: string;
  id: string | undefined;
  data: unknown;
}

/** A client of a stream of events, as a browser's EventSource would be. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  /** As sent with the newest event or heartbeat. */
  lastId: string | undefined;
  heartbeats = 0;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  #taken = 0;

  constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#abort = abort;
    this.ended = this.#read(body);
  }

  /** The next event that was not taken yet. */
  async next(): Promise<StreamEvent> {
    const event = await waitFor(() => this.events[this.#taken], { what: 'an event' });
    this.#taken += 1;
    return event;
  }

  /** Takes changes until one passes. @returns all that were taken */
  async until(isLast: (change: ExecutionChange) => boolean): Promise<ExecutionChange[]> {
    const taken: ExecutionChange[] = [];
    for (;;) {
      const { type, data } = await this.next();
      expect(type).toBe('message');
      const change = data as ExecutionChange;
      taken.push(change);
      if (isLast(change)) return taken;
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    try {
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        const frames = (rest + text).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) this.#take(frame);
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }

  #take(frame: string): void {
    const fields = new Map(frame.split('\n').map((line) => line.split(/: (.*)/, 2) as [string, string]));
    if (fields.has('')) this.heartbeats += 1;
    this.lastId = fields.get('id') ?? this.lastId;
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({ type: fields.get('event') ?? 'message', id: fields.get('id'), data: JSON.parse(data) });
  }
}

/** @param after the id of the last event seen */
export async function openStream(client: ApiClient, path: string, after?: string): Promise<EventStream> {
  const abort = new AbortController();
  const response = await fetch(`${client.url}${path}`, {
    headers: { 'x-api-key': client.key, ...(after === undefined ? {} : { 'last-event-id': after }) },
    signal: abort.signal,
  });
  expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
    status: 200,
    type: 'text/event-stream; charset=utf-8',
  });
  if (response.body === null) throw new Error('no stream');
  return new EventStream(response.body as ReadableStream<Uint8Array>, abort);
}
