import type { Event, EventAnswer, EventInput, EventsAnswer } from '@gantry/contracts/http/event';
import type { CallOptions } from '../transport.ts';
import { List } from './collection.ts';

export interface SendOptions extends CallOptions {
  /** Identity of what is sent, for events without an id: sent again, it is answered with the same executions. */
  idempotencyKey?: string | undefined;
}

/** Those that were accepted can be listed, each with the executions it caused. */
export class Events extends List<Event> {
  /**
   * Hands in one event, or up to 1,000 that are answered item by item, each with an answer or with a problem. Each is
   * accepted once, even if it has to be sent again because no answer came.
   */
  send(event: EventInput, options?: SendOptions): Promise<EventAnswer>;
  send(events: readonly EventInput[], options?: SendOptions): Promise<EventsAnswer>;
  send(
    events: EventInput | readonly EventInput[],
    { idempotencyKey = crypto.randomUUID(), signal }: SendOptions = {},
  ): Promise<EventAnswer | EventsAnswer> {
    const headers = { 'idempotency-key': idempotencyKey };
    return this.transport.json({ method: 'POST', path: this.path, body: events, headers, repeatable: true, signal });
  }
}
