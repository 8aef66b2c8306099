import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { type Heard, listensTo } from '../subscription.ts';
import { Effort, EffortError } from './effort.ts';
import { judge } from './test/judge.ts';

const TOO_LARGE = 'the values are too large for this expression';

const dict = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, index]));
const text = 'ä'.repeat(100_000);
const list = Array.from({ length: 20_000 }, (_, index) => index);

/** Each of these is looked at 60 times, which is more than an evaluation may cost. */
test.each<[string, Json, string]>([
  ['the truth of a dict', dict, '!context.value or'],
  ['the truth of a dict that decides nothing', dict, 'context.value and'],
  ['the keys of a dict', dict, 'len(context.value) == 0 or'],
  ['the characters of a text', text, 'len(context.value) == 0 or'],
  ['lower case', text, "context.value.lower() == '' or"],
  ['upper case', text, "context.value.upper() == '' or"],
  ['a text without its margins', text, "context.value.strip() == '' or"],
  ['the beginning of a text', text, "context.value.startswith('b') or"],
  ['a part of a text', text, "'b' in context.value or"],
  ['a long part of a text', text, 'context.value.contains(context.same) == False or'],
  ['an element of a list', list, '-1 in context.value or'],
  ['two lists', list, 'context.value != context.same or'],
  ['two dicts', dict, 'context.value != context.same or'],
  ['two texts', text, 'context.value != context.same or'],
  ['an order of texts', text, 'context.value < context.same or'],
  ['a sum of texts', text, "context.value + 'b' == '' or"],
  ['a sum of lists', list, 'context.value + [1] == [] or'],
  ['a key as long as a text', text, '(context.value in context) and False or'],
])('what it costs to look at %s is counted', (_what, value, repeated) => {
  const repeat = (times: number) => `${`${repeated} `.repeat(times)} False`;
  const same = structuredClone(value);
  const [and, or] = [repeated.endsWith('and'), repeated.endsWith('or')];
  expect(and || or).toBe(true);
  expect(typeof judge(repeat(1), { value, same })).toBe('boolean');
  expect(judge(repeat(60), { value, same })).toBe(TOO_LARGE);
});

const event: Heard = {
  eventType: 'CONTENT_CREATED',
  refs: {},
  storeId: null,
  channelId: null,
  status: null,
  contentType: null,
  documentFamily: { path: null, labels: [], mixins: [], metadata: dict },
};
const dear = { subscription: `${'!metadata or '.repeat(200)} False`, connections: [] };
const cheap = { subscription: "'key7' in metadata and metadata.key7 == 7", connections: [] };

test('an expression that costs too much hears nothing, and takes nothing from the next one', () => {
  const effort = new Effort();
  expect(listensTo(dear, event, effort)).toBe(false);
  expect(listensTo(cheap, event, effort)).toBe(true);
});

describe('what is asked about the events of an organization in one go', () => {
  const ask = (effort: Effort, listener: typeof dear, times: number) =>
    Array.from({ length: times }, () => listensTo(listener, event, effort));

  test('may cost so much together', () => {
    const effort = new Effort();
    expect(ask(effort, dear, 15)).toEqual(Array(15).fill(false));
    expect(() => ask(effort, dear, 15)).toThrow(EffortError);
  });

  test('is answered whatever the others cost, when it costs little', () => {
    const effort = new Effort();
    expect(() => ask(effort, dear, 30)).toThrow(EffortError);
    for (let round = 0; round < 10; round += 1) {
      effort.nextEvent();
      expect(ask(effort, cheap, 200)).toEqual(Array(200).fill(true));
    }
  });
});
