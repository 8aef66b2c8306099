import type { Json } from '@gantry/domain/json';
import { isTooDeep, MAX_JSON_DEPTH } from '@gantry/domain/json-depth';
import { MAX_JSON_VALUES } from '@gantry/domain/json-values';
import type { StepEnd } from './step-runner.ts';

type Ended = Extract<StepEnd, { outcome: 'succeeded' | 'failed' }>;

/** How a step ends whose output was told by a program or an endpoint. */
export function endWith(output: unknown): Ended {
  const value = (output ?? null) as Json;
  return isTooDeep(value) ? TOO_DEEP : { outcome: 'succeeded', outputJson: JSON.stringify(value) };
}

export const TOO_DEEP = {
  outcome: 'failed',
  error: { code: 'OUTPUT_NOT_JSON', message: `output: it is nested deeper than ${MAX_JSON_DEPTH} levels` },
} as const satisfies StepEnd;

/** Reading so many would hold up all that the worker does. */
export const TOO_MANY = {
  outcome: 'failed',
  error: { code: 'OUTPUT_TOO_LARGE', message: `output: it has more than ${MAX_JSON_VALUES} values` },
} as const satisfies StepEnd;
