import { ModuleError } from '@gantry/module-sdk/module-error';
import { parseAllowList } from '@gantry/outbound/address-rules';
import { OutboundError } from '@gantry/outbound/outbound-error';
import { createOutboundHttp, type OutboundResponse } from '@gantry/outbound/outbound-http';
import type { OutboundRequest } from '@gantry/outbound/outbound-request';
import { z } from 'zod';

/** What every module that sends requests may be told about it. */
export const requestOptions = {
  url: z.string().min(1).max(2_000).describe('Where to, beginning with https:// or http://'),
  allowedHosts: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(100)
    .optional()
    .describe('Hosts that it and its redirects may go to, such as ["*.example.com"]; all public ones when absent'),
  timeoutMs: z.int().min(1).max(600_000).default(30_000).describe('For all of it, in milliseconds'),
};

const MAX_RETRY_AFTER_SECONDS = 24 * 60 * 60;

/** The option that a refusal is about. */
const OPTION_OF: Partial<Record<OutboundError['code'], string>> = {
  OUTBOUND_REQUEST_INVALID: 'url',
  OUTBOUND_HOST_FORBIDDEN: 'allowedHosts',
  OUTBOUND_ADDRESS_FORBIDDEN: 'url',
  OUTBOUND_TIMED_OUT: 'timeoutMs',
};

/**
 * Sends one request to a public address, or one of `outboundAllow`, and reads the answer with `read`. Throws a ModuleError
 * with the code of what went wrong.
 */
export async function sendRequest<Read>(
  outboundAllow: readonly string[],
  url: string,
  request: OutboundRequest,
  read: (answer: OutboundResponse) => Promise<Read>,
): Promise<Read> {
  const outbound = createOutboundHttp(parseAllowList(outboundAllow));
  try {
    return await read(await outbound.request(url, request));
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const option = OPTION_OF[error.code];
    throw new ModuleError(error.code, option === undefined ? error.message : `${option}: ${error.message}`, {
      cause: error,
    });
  } finally {
    await outbound.close();
  }
}

/** What a server may not mean for ever, though it blames the request. */
const TRANSIENT = [408, 409, 425, 429];

/**
 * Why an answer is a failure: what it begins with goes into the message. Trying again is of no use where the server blames
 * the request, and not before the time that it names.
 */
export async function refusal(code: string, { status, headers, body }: OutboundResponse): Promise<ModuleError> {
  let said = '';
  try {
    for await (const chunk of body.setEncoding('utf8')) {
      said += chunk;
      if (said.length >= 500) break;
    }
  } catch {
    // What came of it is enough.
  }
  const words = said.trim().slice(0, 500);
  const seconds = Number(headers['retry-after']);
  return new ModuleError(code, `The answer is ${status}${words === '' ? '' : `: ${words}`}`, {
    statusCode: status,
    permanent: status >= 400 && status < 500 && !TRANSIENT.includes(status),
    ...(seconds > 0 && { retryAfter: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) }),
  });
}
