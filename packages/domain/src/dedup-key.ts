import { type EventSubjectField, eventTypeRow } from './event-type.ts';

/**
 * What makes two events the same work for one assistant: the producer's own key, else the type with the thing it
 * speaks of. Null means the event is never deduplicated.
 */
export function dedupKey(
  eventType: string,
  subject: Readonly<Partial<Record<EventSubjectField, string | null | undefined>>>,
  own?: string | null,
): string | null {
  if (own) return `own:${own}`;
  const { naturalKey } = eventTypeRow(eventType);
  const value =
    naturalKey && (subject[naturalKey] ?? (naturalKey === 'contentObjectId' ? subject.documentFamilyId : null));
  return value ? `${eventType}:${value}` : null;
}
