import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { Queues } from './queues.ts';
import { loadScript } from './script.ts';

const answerCall = loadScript('answer-call', { whenFull: true });

/** Names the call of a step; whoever has it may answer the step, once. */
export interface CallToken {
  executionId: string;
  epoch: number;
  token: string;
}

const FORM = /^([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{43})$/;

/** As it is given to the endpoint. */
export function writeCallToken({ executionId, epoch, token }: CallToken): string {
  return `${executionId}.${epoch}.${token}`;
}

/** Undefined for what is no token. */
export function readCallToken(text: string): CallToken | undefined {
  const [, executionId, epoch, token] = FORM.exec(text) ?? [];
  if (executionId === undefined || token === undefined) return undefined;
  return { executionId, epoch: Number(epoch), token };
}

/** Answers to steps that wait for one, without a worker in the meantime. */
export class CallBacks {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #queues: Queues;

  constructor(redis: Redis, keys: Keys, queues: Queues) {
    this.#redis = redis;
    this.#keys = keys;
    this.#queues = queues;
  }

  /** `unknown`: never given, or nothing waits for it any more; `answered`: with something else, before. */
  async answer(call: CallToken, answerJson: string): Promise<'taken' | 'answered' | 'unknown'> {
    const reply = (await answerCall(
      this.#redis,
      [this.#keys.execution(call.executionId)],
      [call.epoch, call.token, answerJson],
    )) as ['unknown' | 'answered'] | ['taken', runtime: string, slice: number];
    if (reply[0] === 'taken') await this.#hurry(reply[1], sliceJobId(call.executionId, call.epoch, reply[2]));
    return reply[0];
  }

  /** The slice is due. Whoever has its job at the moment asks for the answer once it has put it back. */
  async #hurry(runtime: string, jobId: string): Promise<void> {
    const job = await this.#queues.get(runtimeQueueName(runtime)).getJob(jobId);
    await job?.promote().catch(() => {});
  }
}
