import { expect, test } from 'vitest';
import type { SliceState } from './execution-state.ts';
import { waitingSlice } from './waiting-slice.ts';

function slice(runtime: string, leasedAt: number | null, finishedAt: number | null): SliceState {
  const lease = { attempt: leasedAt === null ? 0 : 1, seq: -1, workerId: null, startedAt: leasedAt };
  return { runtime, firstStep: 0, stepCount: 1, queuedAt: 0, leasedAt, finishedAt, ...lease };
}

const waiting = slice('acme/gpu', null, null);
const running = slice('gantry/default', 10, null);
const over = slice('gantry/default', 10, 20);

test('a planned execution waits for a worker until one has taken its next slice', () => {
  expect(waitingSlice('RUNNING', [waiting, waiting])).toEqual({ slice: 0, runtime: 'acme/gpu' });
  expect(waitingSlice('RUNNING', [running, waiting])).toBeUndefined();
  expect(waitingSlice('RUNNING', [over, waiting])).toEqual({ slice: 1, runtime: 'acme/gpu' });
  expect(waitingSlice('RUNNING', [over, over])).toBeUndefined();
});

test('before it is planned, and once it is being stopped, it waits for no worker', () => {
  expect(waitingSlice('PENDING', [])).toBeUndefined();
  expect(waitingSlice('CANCELLING', [waiting])).toBeUndefined();
  expect(waitingSlice('FAILED', [waiting])).toBeUndefined();
});
