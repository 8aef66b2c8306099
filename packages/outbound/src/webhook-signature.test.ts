import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { newWebhookSecret, signWebhook } from './webhook-signature.ts';

test('a receiver verifies the signature with the secret, and with either while one replaces the other', () => {
  const [older, newer, wrong] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
  const headers = signWebhook('msg_1', '{"a":1}', [older, newer], new Date());
  expect(headers['webhook-id']).toBe('msg_1');
  for (const secret of [older, newer]) expect(new Webhook(secret).verify('{"a":1}', headers)).toEqual({ a: 1 });
  expect(() => new Webhook(wrong).verify('{"a":1}', headers)).toThrow('signature');
  expect(() => new Webhook(older).verify('{"a":2}', headers)).toThrow('signature');
});
