import { expect, test } from 'vitest';
import { type HeldSlice, HeldSlices, type StopReason } from './held-slices.ts';

const lease = (executionId: string) => ({ executionId, epoch: 1, slice: 0, token: executionId });

/** Holds a slice until `release`. */
async function hold(slices: HeldSlices, executionId: string) {
  const given = Promise.withResolvers<HeldSlice>();
  const over = Promise.withResolvers<void>();
  const holding = slices.hold(lease(executionId), `${executionId}.1.0`, async (held) => {
    given.resolve(held);
    await over.promise;
    return held.stopReason();
  });
  const held = await given.promise;
  return {
    held,
    release(): Promise<StopReason | undefined> {
      over.resolve();
      return holding;
    },
  };
}

test('a slice is held until its work is over, however it ends', async () => {
  const slices = new HeldSlices();
  const one = await hold(slices, 'a');
  expect(slices.size).toBe(1);
  expect(one.held).toMatchObject({ lease: lease('a'), jobId: 'a.1.0' });
  expect(await one.release()).toBeUndefined();
  expect(slices.size).toBe(0);
  await expect(slices.hold(lease('b'), 'b.1.0', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(slices.size).toBe(0);
});

test('each way to stop reaches those it is meant for, with its reason', async () => {
  const slices = new HeldSlices();
  const [a, b, c] = [await hold(slices, 'a'), await hold(slices, 'b'), await hold(slices, 'c')];
  slices.stopExecution('a');
  slices.stopExecution('unknown');
  slices.loseJobs(['b.1.0', 'unknown']);
  expect([a, b, c].map(({ held }) => held.signal.aborted)).toEqual([true, true, false]);
  slices.handBack();
  expect(await Promise.all([a, b, c].map(({ release }) => release()))).toEqual(['closed', 'lease-lost', 'hand-back']);
});

test('the first reason stands, but a lost lease outweighs all', async () => {
  const slices = new HeldSlices();
  const [a, b] = [await hold(slices, 'a'), await hold(slices, 'b')];
  slices.stopExecution('a');
  slices.handBack();
  slices.stopExecution('b');
  slices.loseJobs(['a.1.0']);
  slices.stopExecution('a');
  expect(await Promise.all([a, b].map(({ release }) => release()))).toEqual(['lease-lost', 'hand-back']);
});

test('a slice that is taken while slices are handed back is handed back too', async () => {
  const slices = new HeldSlices();
  slices.handBack();
  const late = await hold(slices, 'a');
  expect(late.held.signal.aborted).toBe(true);
  expect(await late.release()).toBe('hand-back');
});
