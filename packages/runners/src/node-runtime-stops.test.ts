import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRuntimeFixture, type RuntimeFixture, started, step, stepError } from '../test/runtime-fixture.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { LogEntry } from './step-result.ts';

let fixture: RuntimeFixture;
let runtime: NodeRuntime;

beforeAll(async () => {
  fixture = await createRuntimeFixture();
  runtime = fixture.runtime;
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

describe('a step that is asked to stop', () => {
  it('ends by itself when its module heeds the signal, and its thread lives on', async () => {
    const single = await fixture.start({ maxThreads: 1, graceMs: 60_000 });
    const before = await single.run(step('test/thread'));
    const cancel = new AbortController();
    const { result } = await started(single, step('test/heeds-abort'), { signal: cancel.signal });
    cancel.abort();
    expect(await result).toEqual({ outcome: 'aborted', error: { code: 'STEP_ABORTED', message: expect.any(String) } });
    expect(await single.run(step('test/thread'))).toEqual(before);
  });

  it.each(['never-settles', 'loops-for-ever'])('%s: its thread is ended', async (name) => {
    const cancel = new AbortController();
    const { result } = await started(runtime, step(`test/${name}`), { signal: cancel.signal });
    cancel.abort();
    expect(await result).toEqual({ outcome: 'aborted', error: stepError('STEP_ABORTED', 'its thread was ended') });
    expect(await runtime.run(step('gantry/noop'))).toMatchObject({ outcome: 'succeeded' });
  });

  it.each(['never-settles', 'loops-for-ever', 'heeds-abort'])('%s: a timeout is told apart', async (name) => {
    expect(await runtime.run(step(`test/${name}`), { timeoutMs: 50 })).toEqual({
      outcome: 'timed-out',
      error: stepError('STEP_TIMEOUT', '50 ms'),
    });
  });

  it('is aborted also when its module ends the thread at that', async () => {
    const cancel = new AbortController();
    const { result } = await started(runtime, step('test/exits-on-abort'), { signal: cancel.signal });
    cancel.abort();
    expect(await result).toMatchObject({ outcome: 'aborted', error: { code: 'STEP_ABORTED' } });
  });

  it('does not start when the signal had fired before', async () => {
    const onLog = () => expect.unreachable('the module ran');
    expect(await runtime.run(step('test/tells'), { signal: AbortSignal.abort(), onLog })).toMatchObject({
      outcome: 'aborted',
    });
  });

  it('gives up its place while it waits for a thread', async () => {
    const single = await fixture.start({ maxThreads: 1 });
    const cancel = new AbortController();
    const { result: first } = await started(single, step('test/heeds-abort'), { signal: cancel.signal });
    const cancelSecond = new AbortController();
    const second = single.run(step('test/tells'), { signal: cancelSecond.signal });
    const third = single.run(step('gantry/noop'));
    cancelSecond.abort();
    expect(await second).toMatchObject({ outcome: 'aborted' });
    cancel.abort();
    expect(await first).toMatchObject({ outcome: 'aborted' });
    expect(await third).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('a step that takes its thread down', () => {
  it('by process.exit, and what it logged before has arrived', async () => {
    const entries: LogEntry[] = [];
    const result = await runtime.run(step('test/exits'), { onLog: (entry) => entries.push(entry) });
    expect(result).toEqual({ outcome: 'crashed', error: stepError('MODULE_CRASHED', 'exited with code: 0') });
    expect(entries).toMatchObject([{ message: 'leaving' }]);
  });

  it.each([
    ['throws-in-timer', 'from a timer', 'RangeError'],
    ['forgets-a-promise', 'nobody waits for me', 'Error'],
  ])('by an uncaught error: %s', async (name, message, errorType) => {
    expect(await runtime.run(step(`test/${name}`))).toMatchObject({
      outcome: 'crashed',
      error: { code: 'MODULE_CRASHED', message, errorType, stackTrace: expect.any(Array) },
    });
  });

  it('by using up its memory', async () => {
    expect(await runtime.run(step('test/eats-memory'))).toEqual({
      outcome: 'crashed',
      error: stepError('MODULE_OUT_OF_MEMORY', '64 MB'),
    });
  });

  it('harms no other step, and the pool is whole again each time', async () => {
    const cancel = new AbortController();
    const { result: bystander } = await started(runtime, step('test/heeds-abort'), { signal: cancel.signal });
    for (let round = 0; round < 5; round++) {
      expect(await runtime.run(step('test/exits'))).toMatchObject({ outcome: 'crashed' });
      expect(await runtime.run(step('gantry/echo', { round }))).toMatchObject({ output: { options: { round } } });
    }
    cancel.abort();
    expect(await bystander).toMatchObject({ outcome: 'aborted' });
    const many = Array.from({ length: 40 }, (_, index) =>
      runtime.run(step(index % 4 === 0 ? 'test/exits' : 'gantry/echo', { index })),
    );
    const outcomes = (await Promise.all(many)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(outcomes.map((_, index) => (index % 4 === 0 ? 'crashed' : 'succeeded')));
  });

  it('while a fresh thread is still starting, and the pool goes on', async () => {
    const extra = await fixture.start({ maxThreads: 2, graceMs: 1 });
    const stopped = Array.from({ length: 12 }, () => extra.run(step('test/loops-for-ever'), { timeoutMs: 1 }));
    for (const result of await Promise.all(stopped)) expect(result).toMatchObject({ outcome: 'timed-out' });
    const crashed = Array.from({ length: 4 }, () => extra.run(step('test/exits')));
    for (const result of await Promise.all(crashed)) expect(result).toMatchObject({ outcome: 'crashed' });
    expect(await extra.run(step('gantry/noop'))).toMatchObject({ outcome: 'succeeded' });
  });

  it('with what it left behind, is not taken for the step that runs then', async () => {
    const single = await fixture.start({ maxThreads: 1 });
    const before = await single.run(step('test/leaves-a-bomb'));
    const result = await single.run(step('gantry/sleep', { ms: 100 }));
    expect(result).toMatchObject({ outcome: 'succeeded' });
    expect(await single.run(step('test/thread'))).toEqual(before);
    expect(fixture.warnings).toMatchObject([{ fields: { error: { message: 'left behind' } } }]);
  });
});
