import { runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { Queues } from './queues.ts';
import { loadScript } from './script.ts';
import type { Shards } from './shards.ts';

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
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** `unknown`: never given, or nothing waits for it any more; `answered`: with something else, before. */
  async answer(call: CallToken, answerJson: string): Promise<'taken' | 'answered' | 'unknown'> {
    const { redis, keys, queues } = this.#shards.of(call.executionId);
    const reply = (await answerCall(redis, [keys.execution(call.executionId)], [call.epoch, call.token, answerJson])) as
      | ['unknown' | 'answered']
      | ['taken', runtime: string, slice: number];
    if (reply[0] === 'taken') await hurry(queues, reply[1], sliceJobId(call.executionId, call.epoch, reply[2]));
    return reply[0];
  }
}

/** The slice is due. Whoever has its job at the moment asks for the answer once it has put it back. */
async function hurry(queues: Queues, runtime: string, jobId: string): Promise<void> {
  const job = await queues.get(runtimeQueueName(runtime)).getJob(jobId);
  await job?.promote().catch(() => {});
}
