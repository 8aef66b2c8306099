import { buffer } from 'node:stream/consumers';
import { defineModule, type ModuleInput } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import type { OutboundResponse } from '@gantry/outbound/outbound-http';
import { z } from 'zod';
import { maxBytesOption, readContentObject } from './document-step.ts';
import { refusal, requestOptions, sendRequest } from './sent-request.ts';

const options = z.object({
  ...requestOptions,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  headers: z
    .record(z.string().min(1).max(200), z.string().max(8_000))
    .default({})
    .describe('Credentials are named as secrets'),
  send: z
    .enum(['nothing', 'body', 'previousOutput', 'contentObject'])
    .optional()
    .describe('What the body is; absent: the option body when there is one'),
  body: z.json().optional().describe('A text is sent as it is, all else as JSON'),
  answer: z
    .enum(['auto', 'json', 'text', 'content'])
    .default('auto')
    .describe('What becomes of the answer; auto goes by its content type, and keeps files as content'),
  anyStatus: z.boolean().default(false).describe('Takes every status; else only 200 to 299 are a success'),
  maxBytes: maxBytesOption.describe('A larger answer, or content to send, is refused'),
});

type Step = ModuleInput<z.infer<typeof options>>;

export default (outboundAllow: readonly string[]) =>
  defineModule({
    ref: 'gantry/http-request',
    nonBlocking: true,
    name: 'HTTP request',
    description:
      'Sends a request and gives { status, headers, body }, or { status, headers, contentRef, bytes } where the answer is a file.',
    options,
    async infer(step) {
      const { url, method, headers, allowedHosts, timeoutMs, maxBytes, anyStatus } = step.options;
      const sent = await bodyOf(step);
      const request = {
        method,
        headers: { ...standardHeaders(step, sent), ...lowerCase(headers) },
        ...(sent !== null && { body: sent.bytes }),
        ...(allowedHosts !== undefined && { allowedHosts }),
        timeoutMs,
        maxResponseBytes: maxBytes,
        signal: step.signal,
      };
      return sendRequest(outboundAllow, url, request, async (answer) => {
        const { status } = answer;
        step.logger.info('Answered', { method, url: answer.url, status });
        if (!anyStatus && (status < 200 || status > 299)) throw await refusal('HTTP_STATUS', answer);
        return { status, headers: answer.headers, ...(await readAnswer(step, answer)) };
      });
    },
  });

interface Body {
  bytes: string | Uint8Array;
  contentType: string;
}

async function bodyOf(step: Step): Promise<Body | null> {
  const { send, body, maxBytes } = step.options;
  switch (send ?? (body === undefined ? 'nothing' : 'body')) {
    case 'body':
      return written(body);
    case 'previousOutput':
      return written(step.previousOutput);
    case 'contentObject': {
      const bytes = await readContentObject(step, maxBytes);
      const parsed = uploadSchema.safeParse(step.contentObject);
      return { bytes, contentType: parsed.data?.metadata.contentType ?? OCTETS };
    }
    default:
      return null;
  }
}

const OCTETS = 'application/octet-stream';
const uploadSchema = z.object({ metadata: z.object({ contentType: z.string() }) });

function written(value: unknown): Body {
  if (typeof value === 'string') return { bytes: value, contentType: 'text/plain; charset=utf-8' };
  return { bytes: JSON.stringify(value ?? null), contentType: 'application/json' };
}

/** A step may run again: who is asked to change something can tell that it is the same request. */
function standardHeaders({ options: { method }, idempotencyKey }: Step, sent: Body | null): Record<string, string> {
  return {
    ...(method !== 'GET' && method !== 'HEAD' && { 'idempotency-key': idempotencyKey }),
    ...(sent !== null && { 'content-type': sent.contentType }),
  };
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function readAnswer({ options, content }: Step, { headers, body }: OutboundResponse) {
  const contentType = headers['content-type'] ?? OCTETS;
  const bytes = await buffer(body);
  const kind = options.answer === 'auto' ? kindOf(contentType, bytes) : options.answer;
  if (kind === 'content') {
    return { contentRef: await content.write(bytes, { contentType }), bytes: bytes.length };
  }
  const text = bytes.toString('utf8');
  if (kind === 'text') return { body: text };
  try {
    return { body: text === '' ? null : JSON.parse(text) };
  } catch (cause) {
    throw new ModuleError('ANSWER_NOT_JSON', `answer: what came is not JSON: ${text.slice(0, 200)}`, { cause });
  }
}

function kindOf(contentType: string, bytes: Uint8Array): 'json' | 'text' | 'content' {
  if (bytes.length === 0 || /^application\/([\w.-]+\+)?json\b/i.test(contentType)) return 'json';
  return /^text\/|[/+]xml\b/i.test(contentType) ? 'text' : 'content';
}
