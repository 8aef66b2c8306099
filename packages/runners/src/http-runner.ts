import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { hasTooManyValues } from '@gantry/domain/json-values';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { OutboundError } from '@gantry/outbound/outbound-error';
import type { OutboundHttp, OutboundResponse } from '@gantry/outbound/outbound-http';
import { signWebhook } from '@gantry/outbound/webhook-signature';
import { endOf, reportOf, type Told } from './http-messages.ts';
import { readLines } from './read-lines.ts';
import { DEFAULT_MAX_OUTPUT_BYTES } from './step-engine.ts';
import { checkedError, describeError } from './step-error.ts';
import type { StepError, StepRequest } from './step-result.ts';
import type { StepEnd, StepReport, StepRun, StepRunner, StepTask } from './step-runner.ts';
import { TOO_MANY } from './told-output.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** The step's own limit is the engine's. */
const LONGEST_MS = 24 * 60 * 60 * 1_000;
/** What a step may tell besides its output. */
const MAX_TOLD_BYTES = 64 * MIB;
const MAX_ERROR_BYTES = 64 * KIB;
/** An output, its quotes and its backslashes. */
const LINE_FACTOR = 2;

export interface HttpRunnerOptions {
  outbound: OutboundHttp;
  maxOutputBytes?: number;
}

/** Runs `http` modules: an endpoint anywhere is sent the step, and answers at once, line by line, or later. */
export class HttpRunner implements StepRunner<'http'> {
  readonly #options: HttpRunnerOptions;
  readonly #maxOutputBytes: number;

  constructor(options: HttpRunnerOptions) {
    this.#options = options;
    this.#maxOutputBytes = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  }

  async start(): Promise<void> {}

  run(task: StepTask<'http'>, tell: (report: StepReport) => void): StepRun {
    const cut = new AbortController();
    const ended = this.#call(task, tell, cut.signal).catch((error): StepEnd => {
      const code = error instanceof OutboundError ? error.code : undefined;
      return { outcome: 'failed', error: describeError(error, code) };
    });
    // A request that is cut tells the endpoint to stop; there is nothing else to kill.
    return { ended, stop: () => cut.abort(), kill: () => cut.abort() };
  }

  async close(): Promise<void> {
    await this.#options.outbound.close();
  }

  async #call(
    { module, request, secrets }: StepTask<'http'>,
    tell: (report: StepReport) => void,
    signal: AbortSignal,
  ): Promise<StepEnd> {
    const body = JSON.stringify({ kind: 'run', step: request });
    const answer = await this.#options.outbound.request(module.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, application/x-ndjson',
        ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
        ...signed(idOf(request), body, module.secret ? await secrets.get(module.secret) : undefined),
      },
      body,
      ...(module.allowedHosts ? { allowedHosts: module.allowedHosts } : {}),
      timeoutMs: LONGEST_MS,
      maxResponseBytes: this.#maxOutputBytes * LINE_FACTOR + MAX_TOLD_BYTES,
      signal,
    });
    // What comes after the answer is not waited for.
    using _ = { [Symbol.dispose]: () => answer.body.destroy() };
    if (answer.status === 202 && request.callBack !== undefined) return { outcome: 'waiting' };
    if (answer.status < 200 || answer.status > 299) return { outcome: 'failed', error: await refusalOf(answer) };
    if (answer.status === 202) throw new ModuleError('CALL_BACK_IMPOSSIBLE', NO_CALL_BACK);
    if (isLines(answer)) return await this.#lines(answer.body, tell);
    return { outcome: 'succeeded', outputJson: (await text(answer.body)) || 'null' };
  }

  async #lines(body: Readable, tell: (report: StepReport) => void): Promise<StepEnd> {
    const ended = Promise.withResolvers<StepEnd>();
    const take = (line: string): void => {
      if (line.trim() === '') return;
      if (hasTooManyValues(line)) {
        ended.resolve(TOO_MANY);
        return;
      }
      const told: Told = Object(JSON.parse(line));
      const end = endOf(told);
      if (end !== undefined) {
        ended.resolve(end);
        return;
      }
      const report = reportOf(told);
      if (report === undefined) throw new ModuleError('ANSWER_INVALID', `A line of no kind: ${line.slice(0, 200)}`);
      tell(report);
    };
    const takeOrFail = (line: string): void => {
      try {
        take(line);
      } catch (error) {
        ended.resolve({ outcome: 'failed', error: describeError(error, 'ANSWER_INVALID') });
      }
    };
    const endless = new ModuleError('ANSWER_INVALID', 'The endpoint answered with a line without end');
    readLines(body, this.#maxOutputBytes * LINE_FACTOR + MIB, takeOrFail, () => ended.reject(endless));
    finished(body).then(() => ended.reject(new ModuleError('ANSWER_INVALID', NO_END)), ended.reject);
    return ended.promise;
  }
}

const NO_CALL_BACK = 'The endpoint answers later (202), but this worker has no CALL_BACK_URL that it could be told';
const NO_END = 'The lines of the endpoint ended without one that says how the step ended';

/** The id is the same for the same attempt, so that an endpoint that is called again can tell. */
function signed(id: string, body: string, secret: string | undefined): Record<string, string> {
  return secret === undefined ? { 'webhook-id': id } : signWebhook(id, body, [secret], new Date());
}

function idOf({ executionId, stepIndex, epoch, attempt }: StepRequest): string {
  return `${executionId}.${stepIndex}.${epoch}.${attempt}`;
}

function isLines({ headers }: OutboundResponse): boolean {
  return /^application\/(x-ndjson|jsonl)\b/.test(headers['content-type'] ?? '');
}

/** Why the endpoint did not do it: what it says itself, where that is JSON with a code. */
async function refusalOf({ status, body }: OutboundResponse): Promise<StepError> {
  const { code, message, advice } = await sayingOf(body);
  return checkedError({
    code: code === undefined ? 'HTTP_STATUS' : String(code),
    message: message === undefined ? `The endpoint answered ${status}` : String(message),
    statusCode: status,
    ...(typeof advice === 'string' ? { advice } : {}),
  });
}

async function sayingOf(body: Readable): Promise<Partial<Record<keyof StepError, unknown>>> {
  try {
    let said = '';
    for await (const chunk of body.setEncoding('utf8')) {
      said += chunk;
      if (said.length > MAX_ERROR_BYTES) return {};
    }
    return Object(JSON.parse(said));
  } catch {
    return {};
  }
}
