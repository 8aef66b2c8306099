import { type EventSubjectField, eventTypeRow } from './event-type.ts';

/**
 * What makes two events the same work for one assistant: the producer's own key, else the type with the thing it
 * speaks of, and what that is in: an id is unique in its family or channel alone. Null means the event is never deduplicated.
 */
export function dedupKey(
  eventType: string,
  subject: Readonly<Partial<Record<EventSubjectField, string | null | undefined>>>,
  own?: string | null,
): string | null {
  if (own) return `own:${own}`;
  const { naturalKey, within } = eventTypeRow(eventType);
  const value = naturalKey && subject[naturalKey];
  const parent = within && subject[within];
  if (!value) return parent && within === 'documentFamilyId' ? `${eventType}:${parent}` : null;
  // With its length, so that no two pairs read the same.
  return parent ? `${eventType}:${parent.length}:${parent}:${value}` : `${eventType}:${value}`;
}
