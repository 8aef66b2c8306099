/**
 * The event types Gantry knows: what such an event must name, its default priority (0 to 1000, higher first), and
 * which field makes two of them the same work (its natural dedup key). Any other UPPER_SNAKE word is a custom type.
 */
interface EventTypeRow {
  /** Fields of which at least one must be there. */
  requires: readonly EventSubjectField[];
  priority: number;
  /** The field that, with the type, is the natural dedup key; none: never deduplicated. */
  naturalKey: EventSubjectField | undefined;
  /** What the thing of that id is in, outermost first: an id is unique there alone. */
  within: readonly EventSubjectField[];
  /** An update may carry newer state than a step has seen, so the key is let go once the first step has started. */
  releasesKeyWhenRunning: boolean;
  /** Which connections of an assistant hear it; `*` means every one. */
  source: ConnectionSource | '*';
}

export type EventSubjectField =
  | 'storeId'
  | 'documentFamilyId'
  | 'contentObjectId'
  | 'channelId'
  | 'messageId'
  | 'taskId'
  | 'scheduleSlot';

export const CONNECTION_SOURCES = ['STORE', 'CHANNEL', 'DOCUMENT_FAMILY', 'WORKSPACE', 'TASK'] as const;
export type ConnectionSource = (typeof CONNECTION_SOURCES)[number];

const content = { priority: 5, source: 'STORE' } as const;

export const EVENT_TYPES = {
  CONTENT_CREATED: {
    ...content,
    requires: ['documentFamilyId', 'contentObjectId'],
    naturalKey: 'contentObjectId',
    within: ['storeId', 'documentFamilyId'],
    releasesKeyWhenRunning: false,
  },
  CONTENT_UPDATED: {
    ...content,
    requires: ['documentFamilyId', 'contentObjectId'],
    naturalKey: 'contentObjectId',
    within: ['storeId', 'documentFamilyId'],
    releasesKeyWhenRunning: true,
  },
  DOCUMENT_FAMILY_CREATED: {
    ...content,
    requires: ['documentFamilyId'],
    naturalKey: 'documentFamilyId',
    within: ['storeId'],
    releasesKeyWhenRunning: false,
  },
  DOCUMENT_FAMILY_UPDATED: {
    ...content,
    requires: ['documentFamilyId'],
    naturalKey: 'documentFamilyId',
    within: ['storeId'],
    releasesKeyWhenRunning: true,
  },
  DOCUMENT_FAMILY_DELETED: {
    ...content,
    requires: ['documentFamilyId'],
    naturalKey: 'documentFamilyId',
    within: ['storeId'],
    releasesKeyWhenRunning: false,
  },
  CHANNEL_MESSAGE_CREATED: {
    requires: ['channelId'],
    priority: 6,
    naturalKey: 'messageId',
    within: ['channelId'],
    releasesKeyWhenRunning: false,
    source: 'CHANNEL',
  },
  TASK_CREATED: {
    requires: ['taskId'],
    priority: 6,
    naturalKey: 'taskId',
    within: [],
    releasesKeyWhenRunning: false,
    source: 'TASK',
  },
  TASK_UPDATED: {
    requires: ['taskId'],
    priority: 6,
    naturalKey: 'taskId',
    within: [],
    releasesKeyWhenRunning: true,
    source: 'TASK',
  },
  DATA_OBJECT_UPDATED: {
    requires: [],
    priority: 4,
    naturalKey: undefined,
    within: [],
    releasesKeyWhenRunning: true,
    source: '*',
  },
  WORKSPACE_UPDATED: {
    requires: [],
    priority: 4,
    naturalKey: undefined,
    within: [],
    releasesKeyWhenRunning: true,
    source: 'WORKSPACE',
  },
  SCHEDULED: {
    requires: [],
    priority: 1,
    naturalKey: 'scheduleSlot',
    within: [],
    releasesKeyWhenRunning: false,
    source: '*',
  },
  ASSISTANT: {
    requires: [],
    priority: 7,
    naturalKey: undefined,
    within: [],
    releasesKeyWhenRunning: false,
    source: '*',
  },
} as const satisfies Record<string, EventTypeRow>;

const CUSTOM = { requires: [], priority: 4, naturalKey: undefined, within: [], source: '*' } as const;

export const EVENT_TYPE_PATTERN = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;

export function eventTypeRow(eventType: string): EventTypeRow {
  return Object.hasOwn(EVENT_TYPES, eventType)
    ? EVENT_TYPES[eventType as keyof typeof EVENT_TYPES]
    : { ...CUSTOM, releasesKeyWhenRunning: eventType.endsWith('_UPDATED') };
}

/** What is missing where an event does not say what it is about: one of the fields that its type requires. */
export function subjectProblem(
  eventType: string,
  said: Readonly<Partial<Record<EventSubjectField, string | null | undefined>>>,
): { field: EventSubjectField; message: string } | undefined {
  const { requires } = eventTypeRow(eventType);
  const [field] = requires;
  if (field === undefined || requires.some((each) => said[each])) return undefined;
  return { field, message: `${eventType} needs ${requires.join(' or ')}` };
}
