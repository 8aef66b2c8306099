import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../src/step-result.ts';
import type { NodeEngine } from './node-engine.ts';
import { createRuntimeFixture, type RuntimeFixture, started, step, stepError } from './runtime-fixture.ts';

let fixture: RuntimeFixture;
let runtime: NodeEngine;

beforeAll(async () => {
  fixture = await createRuntimeFixture();
  runtime = fixture.runtime;
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

describe('a step that is asked to stop', () => {
  it('ends by itself when its module heeds the signal, and its process lives on', async () => {
    const single = await fixture.start(['process', 'heeds-abort'], { slots: 1, graceMs: 60_000 });
    const before = await single.run(step('test/process'));
    const cancel = new AbortController();
    const { result } = await started(single, step('test/heeds-abort'), { signal: cancel.signal });
    cancel.abort();
    expect(await result).toEqual({ outcome: 'aborted', error: { code: 'STEP_ABORTED', message: expect.any(String) } });
    expect(await single.run(step('test/process'))).toEqual({ ...before, at: expect.any(Number) });
  });

  it.each(['never-settles', 'loops-for-ever'])('%s: it is killed', async (name) => {
    const cancel = new AbortController();
    const { result } = await started(runtime, step(`test/${name}`), { signal: cancel.signal });
    cancel.abort();
    expect(await result).toEqual({ outcome: 'aborted', error: stepError('STEP_ABORTED', 'was killed') });
    expect(await runtime.run(step('gantry/noop'))).toMatchObject({ outcome: 'succeeded' });
  });

  it.each(['never-settles', 'loops-for-ever', 'heeds-abort'])('%s: a timeout is told apart', async (name) => {
    expect(await runtime.run(step(`test/${name}`), { timeoutMs: 50 })).toEqual({
      outcome: 'timed-out',
      error: stepError('STEP_TIMEOUT', '50 ms'),
    });
  });

  it('is aborted also when its module ends the process at that', async () => {
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

  it('gives up its place while it waits for a slot', async () => {
    const single = await fixture.start(['heeds-abort', 'tells'], { slots: 1 });
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

describe('a step that takes its process down', () => {
  it('by process.exit, and what it logged before has arrived', async () => {
    const entries: LogEntry[] = [];
    const result = await runtime.run(step('test/exits'), { onLog: (entry) => entries.push(entry) });
    expect(result).toEqual({
      outcome: 'crashed',
      error: stepError('MODULE_CRASHED', 'exited with code: 0'),
      fresh: expect.any(Boolean),
    });
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
      fresh: expect.any(Boolean),
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

  it('while a fresh process is still starting, and the pool goes on', async () => {
    const extra = await fixture.start(['loops-for-ever', 'exits'], { slots: 2, graceMs: 1 });
    const stopped = Array.from({ length: 12 }, () => extra.run(step('test/loops-for-ever'), { timeoutMs: 1 }));
    for (const result of await Promise.all(stopped)) expect(result).toMatchObject({ outcome: 'timed-out' });
    const crashed = Array.from({ length: 4 }, () => extra.run(step('test/exits')));
    for (const result of await Promise.all(crashed)) expect(result).toMatchObject({ outcome: 'crashed' });
    expect(await extra.run(step('gantry/noop'))).toMatchObject({ outcome: 'succeeded' });
  });

  it('with what it left behind, is not taken for the step that runs then', async () => {
    const single = await fixture.start(['leaves-a-bomb', 'process'], { slots: 1 });
    const before = await single.run(step('test/leaves-a-bomb'));
    expect(await single.run(step('gantry/sleep', { ms: 100 }))).toMatchObject({ outcome: 'succeeded' });
    expect(fixture.warnings).toMatchObject([{ fields: { error: { message: 'left behind' } } }]);
    // What ran there might be in any state.
    expect(await single.run(step('test/process'))).not.toEqual({ ...before, at: expect.any(Number) });
  });

  it.each([
    ['kills-its-process', 'was ended by SIGKILL', 'MODULE_CRASHED'],
    ['parses-much', '64 MB of memory', 'MODULE_OUT_OF_MEMORY'],
    ['fills-an-array', '64 MB of memory', 'MODULE_OUT_OF_MEMORY'],
    ['holds-buffers', '64 MB of memory', 'MODULE_OUT_OF_MEMORY'],
  ])('%s: neither the worker nor the step beside it is harmed', async (name, message, code) => {
    const cancel = new AbortController();
    const { result: bystander } = await started(runtime, step('test/heeds-abort'), { signal: cancel.signal });
    const result = await runtime.run(step(`test/${name}`));
    expect(result).toMatchObject({ outcome: 'crashed', error: stepError(code, message) });
    cancel.abort();
    expect(await bystander).toMatchObject({ outcome: 'aborted', error: { message: 'The step was asked to stop' } });
  });

  it('is told apart from one that ran where nothing had run before', async () => {
    const single = await fixture.start(['exits'], { slots: 1 });
    expect(await single.run(step('test/exits'))).toMatchObject({ outcome: 'crashed', fresh: true });
    await single.run(step('gantry/noop'));
    expect(await single.run(step('test/exits'))).toMatchObject({ outcome: 'crashed', fresh: false });
    await single.run(step('gantry/noop'));
    expect(await single.run(step('test/exits'), {}, true)).toMatchObject({ outcome: 'crashed', fresh: true });
  });

  it('leaves the processes that wait for other steps alone when it is tried again', async () => {
    const pool = await fixture.start(['process', 'exits'], { slots: 4 });
    const atOnce = async () => {
      const results = await Promise.all(Array.from({ length: 4 }, () => pool.run(step('test/process'))));
      return new Set(results.map((result) => 'output' in result && result.output));
    };
    await expect
      .poll(async () => (await atOnce()).symmetricDifference(await atOnce()).size, { timeout: 30_000 })
      .toBe(0);
    const before = await atOnce();
    expect(await pool.run(step('test/exits'), {}, true)).toMatchObject({ outcome: 'crashed', fresh: true });
    expect((await atOnce()).intersection(before).size).toBe(3);
  });
});

describe('what a step leaves behind is not there for the next one:', () => {
  it.each([
    ...['leaves-a-timer', 'leaves-a-thread', 'leaves-a-global', 'leaves-files', 'patches-a-prototype'],
    ...['freezes-a-prototype', 'replaces-the-clock', 'changes-folder', 'changes-environment'],
  ])('%s', async (name) => {
    const single = await fixture.start([name, 'process'], { slots: 1 });
    const before = await single.run(step(`test/${name}`));
    expect(before).toMatchObject({ outcome: 'succeeded', output: expect.any(Number) });
    expect(await single.run(step('test/process'))).not.toEqual({ ...before, at: expect.any(Number) });
  });

  it('but what a library keeps for all its copies stays, and so does the process', async () => {
    const single = await fixture.start(['strict'], { slots: 1 });
    const first = await single.run(step('test/strict', { pages: 1 }));
    expect(first).toMatchObject({ outcome: 'succeeded', output: { ranIn: expect.any(Number) } });
    expect(await single.run(step('test/strict', { pages: 1 }))).toEqual({ ...first, at: expect.any(Number) });
  });

  it('nor what it breaks under the engine itself', async () => {
    const single = await fixture.start(['breaks-its-ground', 'tells'], { slots: 1 });
    expect(await single.run(step('test/breaks-its-ground'))).toMatchObject({
      outcome: expect.stringMatching('failed|crashed'),
    });
    expect(await single.run(step('test/tells'))).toMatchObject({ outcome: 'succeeded', output: { hello: 'world' } });
  });

  it('what it prints after its end is in no log', async () => {
    const single = await fixture.start(['prints-late'], { slots: 1 });
    await single.run(step('test/prints-late'));
    const entries: LogEntry[] = [];
    await single.run(step('gantry/sleep', { ms: 100 }), { onLog: (entry) => entries.push(entry) });
    expect(entries).toEqual([]);
  });
});
