import { describe, expect, test } from 'vitest';
import { dedupKey } from './dedup-key.ts';

const subject = {
  storeId: 's',
  documentFamilyId: 'f',
  contentObjectId: 'c',
  channelId: 'ch',
  messageId: 'm',
  taskId: 't',
  scheduleSlot: 'daily/2025-01-31T06:00:00Z',
};

test.each([
  ['CONTENT_CREATED', 'CONTENT_CREATED:1:s:1:f:c'],
  ['CONTENT_UPDATED', 'CONTENT_UPDATED:1:s:1:f:c'],
  ['DOCUMENT_FAMILY_CREATED', 'DOCUMENT_FAMILY_CREATED:1:s:f'],
  ['DOCUMENT_FAMILY_UPDATED', 'DOCUMENT_FAMILY_UPDATED:1:s:f'],
  ['DOCUMENT_FAMILY_DELETED', 'DOCUMENT_FAMILY_DELETED:1:s:f'],
  ['CHANNEL_MESSAGE_CREATED', 'CHANNEL_MESSAGE_CREATED:2:ch:m'],
  ['TASK_CREATED', 'TASK_CREATED:t'],
  ['TASK_UPDATED', 'TASK_UPDATED:t'],
  ['SCHEDULED', 'SCHEDULED:daily/2025-01-31T06:00:00Z'],
  ['DATA_OBJECT_UPDATED', null],
  ['WORKSPACE_UPDATED', null],
  ['ASSISTANT', null],
  ['ORDER_SHIPPED', null],
])('%s has the natural key %s', (eventType, key) => {
  expect(dedupKey(eventType, subject)).toBe(key);
});

test('the producer’s own key goes before the natural one, whatever the type', () => {
  expect(dedupKey('CONTENT_CREATED', subject, 'k1')).toBe('own:k1');
  expect(dedupKey('ORDER_SHIPPED', {}, 'k1')).toBe('own:k1');
});

test('the same id in another store, family or channel is another thing', () => {
  const [here, there] = ['s', 't'].map((storeId) =>
    dedupKey('DOCUMENT_FAMILY_CREATED', { storeId, documentFamilyId: 'f' }),
  );
  expect(here).not.toBe(there);
  const [a, b] = ['a', 'b'].map((documentFamilyId) =>
    dedupKey('CONTENT_CREATED', { documentFamilyId, contentObjectId: 'v1' }),
  );
  expect(a).not.toBe(b);
  const [c, d] = ['a', 'b'].map((channelId) => dedupKey('CHANNEL_MESSAGE_CREATED', { channelId, messageId: '1' }));
  expect(c).not.toBe(d);
});

test('content without a content object is told apart by its family', () => {
  expect(dedupKey('CONTENT_CREATED', { documentFamilyId: 'f' })).toBe('CONTENT_CREATED:0::1:f:');
  expect(dedupKey('CONTENT_CREATED', { documentFamilyId: 'f', contentObjectId: null })).toBe('CONTENT_CREATED:0::1:f:');
});

describe('nothing that says what it is about: no key', () => {
  test.each([
    ['a channel message without an id', dedupKey('CHANNEL_MESSAGE_CREATED', { channelId: 'ch' })],
    ['a manual run in a family', dedupKey('ASSISTANT', { documentFamilyId: 'f' })],
    ['an empty own key and an empty subject', dedupKey('TASK_CREATED', { taskId: '' }, '')],
  ])('%s', (_what, key) => {
    expect(key).toBeNull();
  });
});
