import { expect, test } from 'vitest';
import { EVENT_TYPES } from './event-type.ts';
import { eventTypeNamed } from './event-type-name.ts';

test.each([
  ['CONTENT_CREATED', 'CONTENT_CREATED'],
  ['ORDER_PLACED', 'ORDER_PLACED'],
  ['content.created', 'CONTENT_CREATED'],
  ['com.acme.content.created', 'CONTENT_CREATED'],
  ['com.acme.content.created.v1', 'CONTENT_CREATED'],
  ['com.acme.document.family.updated', 'DOCUMENT_FAMILY_UPDATED'],
  ['com.acme/documentFamily-created', 'DOCUMENT_FAMILY_CREATED'],
  ['channel_message_created', 'CHANNEL_MESSAGE_CREATED'],
  ['io.acme.dataObject.updated/v2.1', 'DATA_OBJECT_UPDATED'],
  ['scheduled', 'SCHEDULED'],
])('%s means %s', (name, type) => expect(eventTypeNamed(name)).toBe(type));

test.each(['com.acme.order.placed', 'com.acme.order.scheduled', 'created', 'v1', '', '...', 'content.created.twice'])(
  '%j means no event type',
  (name) => expect(eventTypeNamed(name)).toBeUndefined(),
);

test('every known event type has a dotted name', () => {
  for (const type of Object.keys(EVENT_TYPES)) {
    expect(eventTypeNamed(type.toLowerCase().replaceAll('_', '.'))).toBe(type);
  }
});
