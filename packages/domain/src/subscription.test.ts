import { describe, expect, test } from 'vitest';
import { checkSubscription, type Heard, type Listener, listensTo } from './subscription.ts';

const nothing = { storeId: null, channelId: null, status: null, contentType: null, documentFamily: null };
const inStore: Heard = {
  ...nothing,
  eventType: 'CONTENT_CREATED',
  refs: { STORE: ['s1', 'acme/inbox', 'acme/inbox:1.0.0'] },
  storeId: 's1',
  status: 'new',
  contentType: 'DOCUMENT',
  documentFamily: {
    path: 'in/2025/Invoice 42.PDF',
    labels: ['needs-processing', 'urgent'],
    mixins: ['spatial', 'core'],
    metadata: { kind: 'invoice', pages: 3, supplier: { country: 'DE' }, ShouldProcess: 'False' },
  },
};
const custom: Heard = { ...nothing, eventType: 'ORDER_SHIPPED', refs: {} };

const store = (sourceRef: string, subscription?: string | null) => ({
  sourceType: 'STORE' as const,
  sourceRef,
  subscription,
});
const listener = (subscription: string | null, ...connections: Listener['connections']) => ({
  subscription,
  connections,
});
const hears = (subscription: string, event: Heard = inStore) => listensTo(listener(subscription), event);

describe('without connections', () => {
  test('an assistant without a subscription hears every event', () => {
    for (const none of [null, '', ' ']) {
      expect(listensTo(listener(none), inStore)).toBe(true);
      expect(listensTo(listener(none), custom)).toBe(true);
    }
  });

  test('else those it subscribes to', () => {
    expect(hears('TASK_CREATED, CONTENT_CREATED')).toBe(true);
    expect(hears('CONTENT_CREATED')).toBe(true);
    expect(hears('TASK_CREATED')).toBe(false);
    expect(hears('eventType == "CONTENT_CREATED"')).toBe(true);
    expect(hears('eventType == "TASK_CREATED"')).toBe(false);
  });
});

describe('with connections', () => {
  test.each(['s1', 'acme/inbox', 'acme/inbox:1.0.0'])('a store is known by any of its names: %s', (name) => {
    expect(listensTo(listener(null, store('other'), store(name)), inStore)).toBe(true);
  });

  test('what comes from elsewhere is not heard', () => {
    expect(listensTo(listener(null, store('other')), inStore)).toBe(false);
    expect(listensTo(listener(null, { ...store('s1'), sourceType: 'CHANNEL' }), inStore)).toBe(false);
    expect(listensTo(listener(null, store('s1')), { ...inStore, refs: {} })).toBe(false);
    expect(listensTo(listener('type == "content"', store('other')), inStore)).toBe(false);
  });

  test('the subscriptions of the assistant and of the connection must both take it', () => {
    expect(listensTo(listener('CONTENT_CREATED', store('s1', 'CONTENT_CREATED')), inStore)).toBe(true);
    expect(listensTo(listener('CONTENT_CREATED', store('s1', 'CONTENT_UPDATED')), inStore)).toBe(false);
    expect(listensTo(listener('CONTENT_UPDATED', store('s1', 'CONTENT_CREATED')), inStore)).toBe(false);
    expect(listensTo(listener(null, store('s1', null)), inStore)).toBe(true);
    expect(listensTo(listener(null, store('s1', ' ')), inStore)).toBe(true);
    expect(listensTo(listener(null, store('s1', "hasMixins('spatial')")), inStore)).toBe(true);
    expect(listensTo(listener(null, store('s1', "!hasMixins('spatial')")), inStore)).toBe(false);
    expect(listensTo(listener(null, store('s1', "!hasMixins('spatial')"), store('acme/inbox')), inStore)).toBe(true);
  });

  test('an event that comes from no source is heard by those who speak of its type', () => {
    expect(listensTo(listener('ORDER_SHIPPED', store('s1')), custom)).toBe(true);
    expect(listensTo(listener('type == "order"', store('s1')), custom)).toBe(true);
    expect(listensTo(listener('eventType in ("ORDER_SHIPPED",)', store('s1')), custom)).toBe(true);
    expect(listensTo(listener(null, store('s1')), custom)).toBe(false);
    expect(listensTo(listener(' ', store('s1')), custom)).toBe(false);
    expect(listensTo(listener('!hasLabel("done")', store('s1')), custom)).toBe(false);
    expect(listensTo(listener('CONTENT_CREATED', store('s1')), custom)).toBe(false);
    expect(listensTo(listener('CONTENT_CREATED', store('other')), inStore)).toBe(false);
  });
});

describe('names', () => {
  test.each<[string, string]>([
    ['CONTENT_CREATED', 'content'],
    ['CONTENT_UPDATED', 'content'],
    ['DOCUMENT_FAMILY_CREATED', 'document_family'],
    ['DOCUMENT_FAMILY_DELETED', 'document_family'],
    ['CHANNEL_MESSAGE_CREATED', 'channel'],
    ['TASK_UPDATED', 'task'],
    ['DATA_OBJECT_UPDATED', 'data_object'],
    ['WORKSPACE_UPDATED', 'workspace'],
    ['SCHEDULED', 'scheduled'],
    ['ASSISTANT', 'assistant'],
    ['ORDER_LINE_SHIPPED', 'order_line'],
  ])('the type of %s is %s', (eventType, type) => {
    expect(hears(`type == '${type}' and eventType == '${eventType}'`, { ...inStore, eventType })).toBe(true);
  });

  test.each([
    'status == "new"',
    'contentType == "DOCUMENT"',
    'path == "in/2025/Invoice 42.PDF"',
    'storeId == "s1"',
    'channelId is None',
    '"urgent" in labels and "done" not in labels and len(labels) == 2',
    '"core" in mixins',
    'metadata.kind == "invoice" and metadata["pages"] > 2 and metadata.get("x", 1) == 1',
    'metadata.supplier.country in ("DE", "AT")',
  ])('%s', (text) => expect(hears(text)).toBe(true));

  test('an event without a document has none of its facts', () => {
    for (const text of ['path is None', 'labels == []', 'mixins == []', 'metadata == {}', 'storeId == None'])
      expect(hears(text, custom), text).toBe(true);
    expect(hears('channelId == "c1"', { ...custom, channelId: 'c1' })).toBe(true);
  });
});

describe('functions', () => {
  test.each<[string, boolean]>([
    ['hasLabel("urgent")', true],
    ['hasLabel("done", "urgent")', true],
    ['hasLabel("done")', false],
    ['hasLabel("Urgent")', false],
    ['hasMixins("spatial")', true],
    ['hasMixins("spatial", "core")', true],
    ['hasMixins("spatial", "tagged")', false],
    ['hasExtensions("pdf")', true],
    ['hasExtensions(".Pdf")', true],
    ['hasExtensions("docx", "pdf")', true],
    ['hasExtensions("docx")', false],
    ['hasExtensions("df")', false],
    ['matchesPath("in/**")', true],
    ['matchesPath("in/*/*.PDF")', true],
    ['matchesPath("out/**", "*.PDF")', true],
    ['matchesPath("*.pdf")', false],
    ['containsKey("kind")', true],
    ['containsKey("kind", "pages")', true],
    ['containsKey("kind", "total")', false],
    ['metadata.containsKey("kind")', true],
    ['metadata.supplier.containsKey("country")', true],
  ])('%s is %s', (text, answer) => {
    expect(hears(text)).toBe(answer);
    expect(hears(`!${text}`)).toBe(!answer);
    expect(hears(`not ${text}`)).toBe(!answer);
    expect(hears(text.replaceAll('"', "'"))).toBe(answer);
  });

  test('of an event without a document none holds', () => {
    for (const text of [
      'hasLabel("a")',
      'hasMixins("a")',
      'hasExtensions("pdf")',
      'matchesPath("**")',
      'containsKey("a")',
    ])
      expect(hears(text, custom), text).toBe(false);
  });

  test('extensions of several parts', () => {
    const event = (path: string) => ({ ...inStore, documentFamily: { path, labels: [], mixins: [], metadata: {} } });
    expect(hears('hasExtensions("tar.gz")', event('a.tar.gz'))).toBe(true);
    expect(hears('hasExtensions("gz")', event('a.tar.gz'))).toBe(true);
    expect(hears('hasExtensions("pdf")', event('pdf'))).toBe(false);
    expect(hears('hasExtensions("pdf")', event('a.pdf/b'))).toBe(false);
  });
});

describe('spellings', () => {
  test.each([
    'type == "content" and hasExtensions("pdf","docx") and hasLabel("needs-processing") and !hasLabel("processed")',
    "type == 'content' AND hasExtensions('pdf', 'docx') AND hasLabel('needs-processing') AND NOT hasLabel('processed')",
    'type=="content"&&hasExtensions("pdf")&&hasLabel("needs-processing")&&!hasLabel("processed")',
    '!(type != "content" or !hasExtensions("pdf") || not hasLabel("needs-processing") OR hasLabel("processed"))',
    "!hasMixins('processed') AND contentType == 'DOCUMENT'",
    "containsKey('ShouldProcess') && ['ShouldProcess'].toLowerCase() != 'true'",
    "['ShouldProcess'] == 'False' and (['kind'] == 'invoice') and not ['pages'] > 3",
    "matchesPath('.*\\.PDF')",
    'status not in ("done", "failed") and path is not None',
    'true',
  ])('%s', (text) => expect(hears(text)).toBe(true));

  test('a list of one text is a list where no key can be meant', () => {
    expect(hears("'kind' in ['kind']")).toBe(true);
    expect(hears("hasLabel(['kind'][0])")).toBe(false);
    expect(hears("len(['kind']) == 1")).toBe(true);
  });
});

test('an expression without an answer hears nothing, and does no harm', () => {
  for (const text of ['metadata.kind > 5', '1 / 0', 'matchesPath(5)', 'hasExtensions(metadata)', 'labels.pdf'])
    expect(hears(text), text).toBe(false);
  expect(
    hears(`matchesPath('${'*a'.repeat(1_900)}')`, {
      ...inStore,
      documentFamily: { path: 'a'.repeat(99_999), labels: [], mixins: [], metadata: {} },
    }),
  ).toBe(false);
});

describe('what may be saved', () => {
  test.each(['', ' ', 'CONTENT_CREATED', ' CONTENT_CREATED ,TASK_UPDATED', 'CUSTOM_WORD', 'type == "content"'])(
    '%j',
    (text) => {
      expect(checkSubscription(text)).toEqual({ ok: true });
    },
  );

  const names = 'type, eventType, status, contentType, path, storeId, channelId, labels, mixins, metadata';
  test.each([
    ['type = "content"', 6, "'=' is not part of the language, equality is =="],
    ['typ == "content"', 1, `unknown name 'typ', expected one of ${names}`],
    ['context.a == 1', 1, `unknown name 'context', expected one of ${names}`],
    [
      'hasMixin("a")',
      1,
      "unknown function 'hasMixin', expected one of hasLabel, hasMixins, hasExtensions, matchesPath, containsKey, len, str, int, float",
    ],
    ['hasLabel()', 10, 'hasLabel() takes at least 1 argument, found 0'],
    ['containsKey(metadata, "kind")', 1, 'containsKey() is about metadata already: leave that out'],
    ['!hasMixins(mixins, "core")', 2, 'hasMixins() is about mixins already: leave that out'],
    ['hasLabel("a"', 13, "expected an operator or a closing ')', found the end of the expression"],
    [
      'hasLabel',
      1,
      `unknown name 'hasLabel', expected one of ${names}, or event types separated by commas, such as CONTENT_CREATED,TASK_CREATED`,
    ],
    [
      'content_created',
      1,
      `unknown name 'content_created', expected one of ${names}, or event types separated by commas, such as CONTENT_CREATED,TASK_CREATED`,
    ],
    [
      'CONTENT_CREATED,',
      1,
      `unknown name 'CONTENT_CREATED', expected one of ${names}, or event types separated by commas, such as CONTENT_CREATED,TASK_CREATED`,
    ],
  ])('%s is refused', (text, position, message) => {
    expect(checkSubscription(text)).toEqual({ ok: false, position, message: `column ${position}: ${message}` });
    expect(hears(text)).toBe(false);
  });

  test('one that is too long is refused', () => {
    const text = `hasLabel("${'a'.repeat(4_000)}")`;
    expect(checkSubscription(text)).toMatchObject({
      position: 4_001,
      message: 'column 4001: expected at most 4000 characters',
    });
  });
});
