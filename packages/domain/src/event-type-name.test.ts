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
  ['com.acme.order.placed', 'COM_ACME_ORDER_PLACED'],
  ['com.acme.order.scheduled', 'COM_ACME_ORDER_SCHEDULED'],
  ['com.acme.orderPlaced.v2', 'COM_ACME_ORDER_PLACED'],
  ['content.created.twice', 'CONTENT_CREATED_TWICE'],
])('%s means %s', (name, type) => expect(eventTypeNamed(name)).toBe(type));

test.each(['', '...', '4711', 'ä.ö'])('%j means no event type', (name) => expect(eventTypeNamed(name)).toBeUndefined());

test('every known event type has a dotted name', () => {
  for (const type of Object.keys(EVENT_TYPES)) {
    expect(eventTypeNamed(type.toLowerCase().replaceAll('_', '.'))).toBe(type);
  }
});
