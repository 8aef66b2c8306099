import { expect, test } from 'vitest';
import { toldErrorSchema } from './program-messages.ts';

test.each([
  ['a text', 'no such page', 'no such page'],
  ['an object', { quota: 5 }, '{"quota":5}'],
  ['a list', ['a', 1], '{"value":["a",1]}'],
  ['a number', 404, '404'],
  ['null', null, 'the module failed without a message'],
  ['nothing', undefined, 'the module failed without a message'],
])('what a program says failed is text, whatever it gave as one: %s', (_given, message, text) => {
  expect(toldErrorSchema.parse({ code: 'FULL', message }).message).toBe(text);
});
