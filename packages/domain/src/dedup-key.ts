import { type EventSubjectField, eventTypeRow } from './event-type.ts';

/**
 * What makes two events the same work for one assistant: the producer's own key, else the type with the thing it
 * speaks of, and what that is in: an id is unique in its family and store, or its channel, alone. Null means the event is
 * never deduplicated.
 */
export function dedupKey(
  eventType: string,
  subject: Readonly<Partial<Record<EventSubjectField, string | null | undefined>>>,
  own?: string | null,
): string | null {
  if (own) return `own:${own}`;
  const { naturalKey, within } = eventTypeRow(eventType);
  const value = naturalKey && subject[naturalKey];
  // Content that is not named is that of its family.
  if (!value && !(naturalKey === 'contentObjectId' && subject.documentFamilyId)) return null;
  // With their lengths, so that no two rows of ids read the same.
  const outer = within.map((field) => subject[field] ?? '').map((id) => `${id.length}:${id}`);
  return [eventType, ...outer, value ?? ''].join(':');
}
