import type { PlannedStep } from '@gantry/contracts/execution-job';
import { writeCallToken } from '@gantry/dispatch/call-backs';
import type { Lease, SliceLeases } from '@gantry/dispatch/slice-lease';
import { endOf } from '@gantry/runners/http-messages';
import type { StepRequest, StepResult } from '@gantry/runners/step-result';
import type { StepEnd } from '@gantry/runners/step-runner';

/** What is known of an attempt before it runs: that it has ended, here or elsewhere, or what else its module is given. */
interface Called {
  result?: StepResult;
  end?: StepEnd;
  request?: Pick<StepRequest, 'callBack'>;
}

interface StepCallsDeps {
  leases: Pick<SliceLeases, 'openCall'>;
  /** Where endpoints reach the api; without it they cannot answer later. */
  callBackUrl: string | undefined;
}

/** The calls of endpoints that may answer later (docs/modules.md): what they are given, and what they have answered. */
export class StepCalls {
  readonly #deps: StepCallsDeps;

  constructor(deps: StepCallsDeps) {
    this.#deps = deps;
  }

  async open(step: PlannedStep, lease: Lease, timeoutMs: number): Promise<Called> {
    const { leases, callBackUrl } = this.#deps;
    if (step.module.metadata.kind !== 'http' || callBackUrl === undefined) return {};
    const call = await leases.openCall(lease, timeoutMs);
    if (call === undefined) return { result: { outcome: 'aborted', error: LEASE_LOST } };
    if (call.answerJson !== null) return { end: endOf(JSON.parse(call.answerJson)) ?? NO_END };
    if (call.leftMs <= 0) return { result: { outcome: 'timed-out', error: tooLate(timeoutMs) } };
    const token = writeCallToken({ executionId: lease.executionId, epoch: lease.epoch, token: call.token });
    return { request: { callBack: new URL(`/call-backs/${token}`, callBackUrl).href } };
  }
}

const LEASE_LOST = { code: 'STEP_ABORTED', message: 'The slice is leased to another worker' };
const NO_END = {
  outcome: 'failed',
  error: { code: 'ANSWER_INVALID', message: 'What the endpoint answered later does not say how the step ended' },
} as const;

function tooLate(timeoutMs: number) {
  return { code: 'STEP_TIMEOUT', message: `The endpoint did not answer within ${timeoutMs} ms` };
}
