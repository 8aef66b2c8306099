import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** As Standard Webhooks wants it: 32 random bytes. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/**
 * The headers by which a receiver knows who sent `body` (https://www.standardwebhooks.com).
 * @param id of the message: the same when it is sent again, so that the receiver can tell
 * @param secrets `whsec_...`; while one is being replaced both, and the receiver takes the one it knows
 */
export function signWebhook(id: string, body: string, secrets: readonly string[], now: Date): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, now, body));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}
