import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkSubscription, type Heard, listensTo } from '../subscription.ts';
import { FUNCTIONS, METHODS } from './callables.ts';
import { checkConditional } from './conditional.ts';
import { SUBSCRIPTION_DIALECT } from './subscription-dialect.ts';
import { judge } from './test/judge.ts';

const page = readFileSync(new URL('../../../../docs/expressions.md', import.meta.url), 'utf8');

function examples(kind: 'subscription' | 'conditional'): string[] {
  const block = new RegExp(`\`\`\`${kind}\n([^\`]*)\`\`\``).exec(page)?.[1] ?? '';
  return block.split('\n').filter((line) => line !== '');
}

const document = {
  path: 'invoices/2025/a.pdf',
  labels: ['needs-processing', 'urgent'],
  mixins: ['spatial'],
  metadata: { kind: 'invoice', pages: 2 },
};
const wanted: Heard = {
  eventType: 'CONTENT_CREATED',
  refs: {},
  storeId: null,
  channelId: null,
  status: 'new',
  contentType: 'DOCUMENT',
  documentFamily: document,
};
const unwanted: Heard = {
  ...wanted,
  eventType: 'TASK_CREATED',
  status: 'approved',
  contentType: null,
  documentFamily: { path: null, labels: [], mixins: ['processed'], metadata: {} },
};

describe('each example of a subscription hears what it is for, and not the rest', () => {
  test('there are some', () => expect(examples('subscription').length).toBeGreaterThan(4));

  test.each(examples('subscription'))('%s', (subscription) => {
    expect(checkSubscription(subscription)).toEqual({ ok: true });
    expect(listensTo({ subscription, connections: [] }, wanted)).toBe(true);
    expect(listensTo({ subscription, connections: [] }, unwanted)).toBe(false);
  });
});

describe('each example of a conditional runs its step, and is answered where nothing is known', () => {
  const context = { eventType: 'CONTENT_CREATED', settings: { enable_ocr: true }, documents: [{ label: 'urgent' }] };
  const metadata = { document_type: 'invoice', pages: 2, customer_id: 'c1', kind: 'Invoice', total: 900 };
  /** An order or a product of None has no answer, which skips the step as well. */
  const unanswered = ['metadata.pages > 1', 'metadata.total * 1.19'];

  test('there are some', () => expect(examples('conditional').length).toBeGreaterThan(4));

  test.each(examples('conditional'))('%s', (conditional) => {
    expect(checkConditional(conditional)).toEqual({ ok: true });
    expect(judge(conditional, context, metadata)).toBe(true);
    const answer = judge(conditional, {}, {});
    expect(typeof answer === 'string').toBe(unanswered.some((text) => conditional.startsWith(text)));
    expect(answer).not.toBe(true);
  });
});

test('the page names every name, function and method there is', () => {
  const { names, functions } = SUBSCRIPTION_DIALECT;
  const conditionalNames = ['context', 'metadata', 'external_data', 'input_event'];
  for (const word of [...names, ...conditionalNames, ...Object.keys({ ...functions, ...FUNCTIONS, ...METHODS })])
    expect(page, word).toMatch(new RegExp(`\`${word}[\`(]`));
});

test.each([
  ['7 / 2 == 3.5', true],
  ['-7 % 3 == 2', true],
  ['True == 1', true],
  ['None < 5', 'None and a number have no order'],
  ['1 < context.a < 5', expect.stringContaining('chained')],
  ['1 if context.a else 2', expect.stringContaining('column 3')],
  ['not context.a == 5', true],
])('what the page says of %s is so', (text, answer) => expect(judge(text)).toEqual(answer));
