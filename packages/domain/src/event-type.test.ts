import { describe, expect, test } from 'vitest';
import { EVENT_TYPE_PATTERN, EVENT_TYPES, eventTypeRow } from './event-type.ts';

const FAMILY = ['documentFamilyId'];
const CONTENT = ['documentFamilyId', 'contentObjectId'];

/** As published: default priority, what the event must name (one of), its natural key, what that is in, who lets its key go early. */
test.each([
  ['CONTENT_CREATED', 5, CONTENT, 'contentObjectId', false, 'STORE', ['storeId', 'documentFamilyId']],
  ['CONTENT_UPDATED', 5, CONTENT, 'contentObjectId', true, 'STORE', ['storeId', 'documentFamilyId']],
  ['DOCUMENT_FAMILY_CREATED', 5, FAMILY, 'documentFamilyId', false, 'STORE', ['storeId']],
  ['DOCUMENT_FAMILY_UPDATED', 5, FAMILY, 'documentFamilyId', true, 'STORE', ['storeId']],
  ['DOCUMENT_FAMILY_DELETED', 5, FAMILY, 'documentFamilyId', false, 'STORE', ['storeId']],
  ['CHANNEL_MESSAGE_CREATED', 6, ['channelId'], 'messageId', false, 'CHANNEL', ['channelId']],
  ['TASK_CREATED', 6, ['taskId'], 'taskId', false, 'TASK'],
  ['TASK_UPDATED', 6, ['taskId'], 'taskId', true, 'TASK'],
  ['DATA_OBJECT_UPDATED', 4, [], undefined, true, '*'],
  ['WORKSPACE_UPDATED', 4, [], undefined, true, 'WORKSPACE'],
  ['SCHEDULED', 1, [], 'scheduleSlot', false, '*'],
  ['ASSISTANT', 7, [], undefined, false, '*'],
])('%s', (eventType, priority, requires, naturalKey, releasesKeyWhenRunning, source, within: string[] = []) => {
  expect(eventTypeRow(eventType)).toEqual({ priority, requires, naturalKey, releasesKeyWhenRunning, source, within });
});

test('these are all of them', () => {
  expect(Object.keys(EVENT_TYPES)).toHaveLength(12);
});

describe('any other word is a custom type', () => {
  test('of low priority, without a natural key, heard by every connection', () => {
    const row = {
      priority: 4,
      requires: [],
      naturalKey: undefined,
      within: [],
      releasesKeyWhenRunning: false,
      source: '*',
    };
    expect(eventTypeRow('ORDER_SHIPPED')).toEqual(row);
  });

  test('an update lets its key go early as the known ones do', () => {
    expect(eventTypeRow('ORDER_UPDATED').releasesKeyWhenRunning).toBe(true);
  });

  test.each(['constructor', 'toString', '__proto__'])('%s is nothing special', (word) => {
    expect(eventTypeRow(word).priority).toBe(4);
  });
});

test.each(['A', 'ORDER', 'ORDER_SHIPPED', 'V2_ORDER_2'])('%s is an event type', (word) => {
  expect(EVENT_TYPE_PATTERN.test(word)).toBe(true);
});
test.each(['', 'order', 'Order', '_ORDER', 'ORDER_', 'ORDER__SHIPPED', '2_ORDERS', 'ORDER SHIPPED', 'ORDER\n'])(
  '%j is not',
  (word) => {
    expect(EVENT_TYPE_PATTERN.test(word)).toBe(false);
  },
);
