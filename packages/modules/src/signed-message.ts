import type { ModuleInput } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { signWebhook } from '@gantry/outbound/webhook-signature';
import { z } from 'zod';
import { refusal, requestOptions, sendRequest } from './sent-request.ts';

/** What every module that sends a signed message is told about where to and how. */
export const messageOptions = {
  ...requestOptions,
  secret: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('The name of the secret (whsec_...) that signs it, as Standard Webhooks say; unsigned when absent'),
};

type Options = z.infer<z.ZodObject<typeof messageOptions>>;
const MAX_ANSWER_BYTES = 64 * 1_024;

/** POSTs JSON as Standard Webhooks say (https://www.standardwebhooks.com); an answer of 200 to 299 is a success. */
export async function sendMessage(
  outboundAllow: readonly string[],
  {
    options,
    secrets,
    idempotencyKey,
    signal,
    logger,
  }: Pick<ModuleInput<Options>, 'options' | 'secrets' | 'idempotencyKey' | 'signal' | 'logger'>,
  message: object,
): Promise<{ status: number; messageId: string }> {
  const { url, secret, allowedHosts, timeoutMs } = options;
  const body = JSON.stringify(message);
  // The same when the step runs again, so that a receiver takes the message once.
  const messageId = `msg_${idempotencyKey}`;
  const signature =
    secret === undefined ? { 'webhook-id': messageId } : sign(messageId, body, await secrets.get(secret));
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signature },
    body,
    ...(allowedHosts !== undefined && { allowedHosts }),
    timeoutMs,
    maxResponseBytes: MAX_ANSWER_BYTES,
    signal,
  };
  return sendRequest(outboundAllow, url, request, async (answer) => {
    const { status } = answer;
    if (status < 200 || status > 299) throw await refusal('MESSAGE_REFUSED', answer);
    answer.body.destroy();
    logger.info('Message taken', { url: answer.url, status, messageId });
    return { status, messageId };
  });
}

function sign(id: string, body: string, secret: string): Record<string, string> {
  try {
    return signWebhook(id, body, [secret], new Date());
  } catch {
    // Not told as it is: it may quote the secret.
    throw new ModuleError('SECRET_INVALID', 'secret: what has this name is not of the form whsec_<base64>');
  }
}
