import { type ConnectionSource, EVENT_TYPE_PATTERN, eventTypeRow } from './event-type.ts';

/** The part of an assistant that decides whether it hears an event. */
export interface Listener {
  subscription: string | null;
  connections: readonly { sourceType: ConnectionSource; sourceRef: string; subscription?: string | null | undefined }[];
}

/** The part of an event that subscriptions look at; `refs` are the ids and refs the event names, by kind of source. */
export interface Heard {
  eventType: string;
  refs: Readonly<Partial<Record<ConnectionSource, readonly string[]>>>;
}

/** No connections: every event of the project. Else one connection of the event's source must name it and subscribe. */
export function listensTo(listener: Listener, event: Heard): boolean {
  if (!subscribes(listener.subscription, event.eventType)) return false;
  if (listener.connections.length === 0) return true;
  return (
    listener.connections.some(
      ({ sourceType, sourceRef, subscription }) =>
        event.refs[sourceType]?.includes(sourceRef) && subscribes(subscription, event.eventType),
    ) ||
    (eventTypeRow(event.eventType).source === '*' && listener.subscription !== null)
  );
}

function subscribes(subscription: string | null | undefined, eventType: string): boolean {
  return !subscription || parseSubscription(subscription)?.includes(eventType) === true;
}

/** @returns the event types of a comma-separated subscription, undefined when it is not one. */
export function parseSubscription(subscription: string): string[] | undefined {
  const types = subscription.split(',').map((word) => word.trim());
  return types.every((word) => EVENT_TYPE_PATTERN.test(word)) ? types : undefined;
}
