import { type AttemptOutcome, retryAfterMs } from '@gantry/domain/delivery';
import { OutboundError } from '@gantry/outbound/outbound-error';
import type { OutboundHttp, OutboundResponse } from '@gantry/outbound/outbound-http';
import { signWebhook } from '@gantry/outbound/webhook-signature';
import type { Row } from '@gantry/record/schema/tables';
import type { Send } from './deliverer.ts';

/** Receivers keep what they are told and answer; they do not work on it first. */
const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024;

const BUSY = [429, 503];

/** Posts each delivery on its own, signed as Standard Webhooks says. */
export function webhookSender(outbound: Pick<OutboundHttp, 'request'>): Send {
  const post = async (
    webhook: Row<'webhooks'>,
    delivery: Row<'webhook_deliveries'>,
    signal: AbortSignal,
  ): Promise<AttemptOutcome> => {
    const body = JSON.stringify(delivery.payload);
    const now = new Date();
    try {
      const response = await outbound.request(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'gantry',
          ...signWebhook(delivery.id, body, secretsOf(webhook, now), now),
        },
        body,
        timeoutMs: TIMEOUT_MS,
        maxResponseBytes: MAX_ANSWER_BYTES,
        // It was asked to be told here; elsewhere would be another secret's business.
        maxRedirects: 0,
        signal,
      });
      response.body.resume();
      return outcomeOf(response);
    } catch (error) {
      const why = error instanceof OutboundError ? `${error.code}: ${error.message}` : String(error);
      return { delivered: false, status: null, error: why };
    }
  };
  return async ({ webhook, deliveries }, signal) => {
    const attempted = await Promise.all(
      deliveries.map(async (delivery) => ({ delivery, outcome: await post(webhook, delivery, signal) })),
    );
    const holds = attempted.map(({ outcome }) => (outcome.delivered ? 0 : (outcome.retryAfterMs ?? 0)));
    return { attempted, holdMs: Math.max(0, ...holds) };
  };
}

function outcomeOf({ status, headers }: OutboundResponse): AttemptOutcome {
  if (status >= 200 && status < 300) return { delivered: true, status };
  const asked = BUSY.includes(status) ? retryAfterMs(headers['retry-after'], Date.now()) : undefined;
  return {
    delivered: false,
    status,
    error: `The receiver answered ${status}.`,
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
  };
}

/** While a secret is being replaced the one before signs too. */
function secretsOf({ secret, previous_secret, previous_secret_until }: Row<'webhooks'>, now: Date): string[] {
  const both = previous_secret !== null && previous_secret_until !== null && previous_secret_until > now;
  return both ? [secret, previous_secret] : [secret];
}
