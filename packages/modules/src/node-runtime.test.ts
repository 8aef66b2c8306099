import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@gantry/domain/json';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFolderContentStore } from './folder-content-store.ts';
import { createNodeRuntime, type NodeRuntime, type NodeRuntimeOptions, type RunLimits } from './node-runtime.ts';
import type { LogEntry, StepRequest, StepResult } from './step-result.ts';

/** Module files as an author writes them, outside of this project. The body of each is that of `infer`. */
const BODIES: Record<string, string> = {
  thread: `return threadId;`,
  tells: `
    input.logger.info('starting', { page: 1 });
    input.progress(1, 4);
    input.statusMessage({ title: 'Reading', subtitle: 'page 1', type: 'PROCESSING' });
    input.emit({ eventType: 'TASK_CREATED', taskId: 't1' });
    input.progress(4, 4);
    setImmediate(() => input.logger.info('too late'));
    return { hello: 'world' };`,
  prints: `console.log('page %d', 1); console.error('oh no'); return null;`,
  floods: `for (let i = 0; i < 5000; i++) { input.logger.debug('x'.repeat(20_000)); input.progress(i); } return null;`,
  'logs-oddly': `
    const circular: Record<string, unknown> = {}; circular.self = circular;
    input.logger.warn('circular', circular);
    input.logger.error('failed \\0', { error: new Error('disk full'), text: 'a\\0b' });
    input.logger.info('big', { text: 'x'.repeat(100_000) });
    return null;`,
  'emits-much': `for (let i = 0; i < 101; i++) input.emit({ eventType: 'X' }); return null;`,
  'emits-large': `input.emit({ eventType: 'X', data: 'x'.repeat(300_000) }); return null;`,
  throws: `throw new TypeError('no such page');`,
  'throws-code': `throw new ModuleError('PAGE_MISSING', 'page 7 is missing');`,
  'throws-text': `throw 'plain text';`,
  'throws-undefined': `throw undefined;`,
  'throws-oddly': `throw { toString() { throw new Error('no'); } };`,
  'throws-novel': `throw new Error('x'.repeat(1_000_000) + '\\0');`,
  overflows: `const deeper = (): number => 1 + deeper(); return deeper();`,
  'gives-undefined': `return undefined;`,
  'gives-bigint': `return { pages: [{ number: 1n }] };`,
  'gives-nan': `return { total: Number.NaN };`,
  'gives-function': `return () => 1;`,
  'gives-promise': `return { text: Promise.resolve('forgotten') };`,
  'gives-map': `return new Map([['a', 1]]);`,
  'gives-bytes': `return { bytes: new Uint8Array(3) };`,
  'gives-circle': `const circle: Record<string, unknown> = {}; circle.self = circle; return circle;`,
  'gives-getter': `return { get text() { throw new Error('boom'); } };`,
  'gives-large': `return 'é'.repeat(300_000);`,
  'gives-huge': `return Array.from({ length: 60 }, () => 'x'.repeat(10_000_000));`,
  'gives-odd-text': `return { 'a\\0': 'nul \\0 lone \\ud800 pair 😀 backslash \\\\u0000 \\\\ud800' };`,
  'never-settles': `input.progress(1); await new Promise(() => {}); return null;`,
  'loops-for-ever': `input.progress(1); await new Promise(setImmediate); while (true); return null;`,
  'heeds-abort': `
    input.progress(1);
    await new Promise((resolve) => input.signal.addEventListener('abort', resolve));
    return (input.signal.reason as Error).name;`,
  'exits-on-abort': `input.signal.addEventListener('abort', () => process.exit(0)); input.progress(1); await new Promise(() => {});`,
  exits: `input.logger.info('leaving'); process.exit(0);`,
  'throws-in-timer': `setTimeout(() => { throw new RangeError('from a timer'); }, 1); await new Promise(() => {});`,
  'forgets-a-promise': `void Promise.reject(new Error('nobody waits for me')); await new Promise(() => {});`,
  'eats-memory': `const all: unknown[] = []; while (true) all.push(new Array(10_000).fill({}));`,
  'leaves-a-bomb': `setTimeout(() => { throw new Error('left behind'); }, 5); return threadId;`,
  environment: `return { ...process.env };`,
  content: `
    const bytes = await input.content.read(String(input.options.ref));
    return input.content.write(bytes.map((byte) => byte + 1), { contentType: 'text/plain', name: 'next.txt' });`,
};

function moduleFile(name: string, body: string): string {
  return `
    import { threadId } from 'node:worker_threads';
    import { defineModule, type ModuleInput } from '@gantry/modules/define-module';
    import { ModuleError } from '@gantry/modules/module-error';
    import type { JsonObject } from '@gantry/domain/json';
    void threadId; void ModuleError;
    export default defineModule({ ref: 'test/${name}', async infer(input: ModuleInput<JsonObject>) { ${body} } });`;
}

const STRICT_OPTIONS = `
  import { z } from 'zod';
  import { defineModule } from '@gantry/modules/define-module';
  export default defineModule({
    ref: 'test/strict',
    options: z.object({
      pages: z.int().min(1).describe('How many pages to read'),
      mode: z.enum(['fast', 'careful']).default('careful'),
    }),
    infer: ({ options }) => ({ ...options, next: options.pages + 1 }),
  });`;

let folder: string;
let runtime: NodeRuntime;
const warnings: { fields: object; message: string }[] = [];
const extraRuntimes: NodeRuntime[] = [];

async function start(options: Partial<NodeRuntimeOptions> = {}): Promise<NodeRuntime> {
  const logger = { info: () => {}, warn: (fields: object, message: string) => void warnings.push({ fields, message }) };
  return createNodeRuntime({
    modulesDirs: [join(folder, 'modules')],
    contentDir: join(folder, 'content'),
    maxThreads: 2,
    graceMs: 100,
    maxHeapMb: 64,
    maxOutputBytes: 500_000,
    logger,
    ...options,
  });
}

async function startExtra(options: Partial<NodeRuntimeOptions> = {}): Promise<NodeRuntime> {
  const extra = await start(options);
  extraRuntimes.push(extra);
  return extra;
}

function step(ref: string, options: JsonObject = {}, more: Partial<StepRequest> = {}): StepRequest {
  return {
    ref,
    options,
    executionId: 'e1',
    organizationId: 'acme',
    stepId: 's1',
    stepIndex: 0,
    attempt: 1,
    epoch: 0,
    context: {},
    documentFamily: null,
    contentObject: null,
    previousOutput: null,
    ...more,
  };
}

/** Starts a step and resolves once its module said so with `progress`. */
async function started(
  request: StepRequest,
  limits: RunLimits = {},
  on: NodeRuntime = runtime,
): Promise<{ result: Promise<StepResult> }> {
  const said = Promise.withResolvers<void>();
  const result = on.run(request, { ...limits, onProgress: () => said.resolve() });
  await Promise.race([said.promise, result]);
  return { result };
}

const error = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message !== undefined && { message: expect.stringContaining(message) }) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-modules-'));
  const modules = join(folder, 'modules');
  await mkdir(modules);
  for (const [name, body] of Object.entries(BODIES))
    await writeFile(join(modules, `${name}.ts`), moduleFile(name, body));
  await writeFile(join(modules, 'strict.ts'), STRICT_OPTIONS);
  runtime = await start();
});

afterEach(async () => {
  for (const extra of extraRuntimes.splice(0)) await extra.close();
  warnings.length = 0;
});

afterAll(async () => {
  await runtime.close();
  await rm(folder, { recursive: true });
});

describe('a step that succeeds', () => {
  it('gives its output, and everything it told has arrived by then', async () => {
    const told: unknown[] = [];
    const result = await runtime.run(step('test/tells'), {
      onLog: ({ level, message, fields }) => told.push({ level, message, fields }),
      onProgress: (progress) => told.push(progress),
      onStatusMessage: (message) => told.push(message),
      onEmit: (event) => told.push(event),
    });
    expect(result).toEqual({ outcome: 'succeeded', output: { hello: 'world' }, outputJson: '{"hello":"world"}' });
    expect(told).toEqual([
      { level: 'info', message: 'starting', fields: { page: 1 } },
      { done: 1, max: 4 },
      { title: 'Reading', subtitle: 'page 1', type: 'PROCESSING' },
      { eventType: 'TASK_CREATED', taskId: 't1' },
      { done: 4, max: 4 },
    ]);
  });

  it('gets its options parsed, with defaults', async () => {
    expect(await runtime.run(step('test/strict', { pages: 2 }))).toMatchObject({
      outcome: 'succeeded',
      output: { pages: 2, mode: 'careful', next: 3 },
    });
  });

  it('gives null for undefined', async () => {
    expect(await runtime.run(step('test/gives-undefined'))).toMatchObject({ outcome: 'succeeded', output: null });
  });

  it('never holds characters that Postgres refuses', async () => {
    expect(await runtime.run(step('test/gives-odd-text'))).toMatchObject({
      output: { 'a\ufffd': 'nul \ufffd lone \ufffd pair 😀 backslash \\u0000 \\ud800' },
    });
  });

  it('reads and writes content of its own organization only', async () => {
    const store = createFolderContentStore(join(folder, 'content'));
    const { ref } = await store.forOrganization('acme').write(new Uint8Array([1, 2]), { contentType: 'text/plain' });
    const result = await runtime.run(step('test/content', { ref }));
    const written = result.outcome === 'succeeded' ? String(result.output) : '';
    expect([...(await store.forOrganization('acme').read(written))]).toEqual([2, 3]);
    expect(await runtime.run(step('test/content', { ref }, { organizationId: 'other' }))).toEqual({
      outcome: 'failed',
      error: error('MODULE_FAILED', 'nothing is stored as'),
    });
  });

  it('sees the environment it is given and no other', async () => {
    expect(await runtime.run(step('test/environment'))).toMatchObject({ output: {} });
    const extra = await startExtra({ env: { REGION: 'eu' } });
    expect(await extra.run(step('test/environment'))).toMatchObject({ outputJson: '{"REGION":"eu"}' });
  });
});

describe('what a step tells is bounded', () => {
  it('in the number and size of log entries and of progress', async () => {
    const entries: LogEntry[] = [];
    const done: number[] = [];
    const onProgress = (progress: { done: number }) => void done.push(progress.done);
    const result = await runtime.run(step('test/floods'), { onLog: (entry) => entries.push(entry), onProgress });
    expect(result.outcome).toBe('succeeded');
    expect(entries).toHaveLength(1_001);
    expect(entries[0]?.message).toHaveLength(8_000);
    expect(entries.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('4000 more log entries') });
    expect(done.length).toBeLessThan(1_000);
    expect(done.at(-1)).toBe(4_999);
  });

  it('takes what is printed for log entries', async () => {
    const entries: LogEntry[] = [];
    await runtime.run(step('test/prints'), { onLog: (entry) => entries.push(entry) });
    expect(entries).toMatchObject([
      { level: 'info', message: 'page 1' },
      { level: 'error', message: 'oh no' },
    ]);
  });

  it('and no log entry fails a step', async () => {
    const entries: LogEntry[] = [];
    const result = await runtime.run(step('test/logs-oddly'), { onLog: (entry) => entries.push(entry) });
    expect(result.outcome).toBe('succeeded');
    expect(entries.map(({ message, fields }) => ({ message, fields }))).toEqual([
      { message: 'circular', fields: { dropped: expect.stringContaining('cannot be written') } },
      {
        message: 'failed \ufffd',
        fields: { error: expect.objectContaining({ message: 'disk full' }), text: 'a\ufffdb' },
      },
      { message: 'big', fields: { dropped: expect.stringContaining('characters') } },
    ]);
  });

  it('in the number and size of events, which is an error', async () => {
    expect(await runtime.run(step('test/emits-much'))).toEqual({ outcome: 'failed', error: error('TOO_MANY_EVENTS') });
    expect(await runtime.run(step('test/emits-large'))).toEqual({ outcome: 'failed', error: error('EVENT_TOO_LARGE') });
  });
});

describe('a step that fails', () => {
  it('says what was thrown and where', async () => {
    const result = await runtime.run(step('test/throws'));
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { code: 'MODULE_FAILED', message: 'no such page', errorType: 'TypeError' },
    });
    const frame = 'error' in result ? result.error.stackTrace?.[0] : undefined;
    expect(frame).toMatchObject({ file: expect.stringContaining('throws.ts'), line: expect.any(Number) });
  });

  it.each([
    ['throws-code', 'PAGE_MISSING', 'page 7 is missing'],
    ['throws-text', 'MODULE_FAILED', 'plain text'],
    ['throws-undefined', 'MODULE_FAILED', 'undefined'],
    ['throws-oddly', 'MODULE_FAILED', 'cannot be described'],
    ['overflows', 'MODULE_FAILED', 'call stack'],
    ['gives-bigint', 'OUTPUT_NOT_JSON', 'output.pages[0].number is a bigint'],
    ['gives-nan', 'OUTPUT_NOT_JSON', 'output.total is NaN'],
    ['gives-function', 'OUTPUT_NOT_JSON', 'output is a function'],
    ['gives-promise', 'OUTPUT_NOT_JSON', 'output.text is a Promise'],
    ['gives-map', 'OUTPUT_NOT_JSON', 'output is a Map'],
    ['gives-bytes', 'OUTPUT_NOT_JSON', 'output.bytes is a Uint8Array'],
    ['gives-circle', 'OUTPUT_NOT_JSON', 'circular'],
    ['gives-getter', 'OUTPUT_NOT_JSON', 'failed'],
    ['gives-large', 'OUTPUT_TOO_LARGE', '500000 bytes'],
    ['gives-huge', 'OUTPUT_TOO_LARGE', '500000 bytes'],
  ])('%s: %s', async (name, code, message) => {
    expect(await runtime.run(step(`test/${name}`))).toEqual({ outcome: 'failed', error: error(code, message) });
  });

  it('keeps its message short', async () => {
    const result = await runtime.run(step('test/throws-novel'));
    expect('error' in result && result.error.message.length).toBe(4_000);
  });

  it('names each option its module does not take', async () => {
    expect(await runtime.run(step('test/strict', { pages: 'two', mode: 'slow' }))).toMatchObject({
      outcome: 'failed',
      error: {
        code: 'MODULE_OPTIONS_INVALID',
        message: expect.stringContaining('pages: '),
        validationErrors: [
          { option: 'pages', message: expect.any(String), description: 'How many pages to read' },
          { option: 'mode', message: expect.any(String), description: '' },
        ],
      },
    });
  });

  it('when there is no such module', async () => {
    expect(runtime.hasModule('test/absent')).toBe(false);
    expect(runtime.hasModule('test/throws')).toBe(true);
    expect(runtime.hasModule('gantry/noop')).toBe(true);
    expect(await runtime.run(step('test/absent'))).toEqual({
      outcome: 'failed',
      error: error('MODULE_NOT_FOUND', 'test/absent'),
    });
  });
});

describe('a step that is asked to stop', () => {
  it('ends by itself when its module heeds the signal, and its thread lives on', async () => {
    const single = await startExtra({ maxThreads: 1 });
    const before = await single.run(step('test/thread'));
    const cancel = new AbortController();
    const { result } = await started(step('test/heeds-abort'), { signal: cancel.signal }, single);
    cancel.abort();
    expect(await result).toEqual({ outcome: 'aborted', error: { code: 'STEP_ABORTED', message: expect.any(String) } });
    expect(await single.run(step('test/thread'))).toEqual(before);
  });

  it.each(['never-settles', 'loops-for-ever'])('%s: its thread is ended', async (name) => {
    const cancel = new AbortController();
    const { result } = await started(step(`test/${name}`), { signal: cancel.signal });
    cancel.abort();
    expect(await result).toEqual({ outcome: 'aborted', error: error('STEP_ABORTED', 'its thread was ended') });
    expect(await runtime.run(step('gantry/noop'))).toMatchObject({ outcome: 'succeeded' });
  });

  it.each(['never-settles', 'loops-for-ever', 'heeds-abort'])('%s: a timeout is told apart', async (name) => {
    expect(await runtime.run(step(`test/${name}`), { timeoutMs: 50 })).toEqual({
      outcome: 'timed-out',
      error: error('STEP_TIMEOUT', '50 ms'),
    });
  });

  it('is aborted also when its module ends the thread at that', async () => {
    const cancel = new AbortController();
    const { result } = await started(step('test/exits-on-abort'), { signal: cancel.signal });
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
    const single = await startExtra({ maxThreads: 1 });
    const cancel = new AbortController();
    const { result: first } = await started(step('test/heeds-abort'), { signal: cancel.signal }, single);
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
    expect(result).toEqual({ outcome: 'crashed', error: error('MODULE_CRASHED', 'exited with code: 0') });
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
      error: error('MODULE_OUT_OF_MEMORY', '64 MB'),
    });
  });

  it('harms no other step, and the pool is whole again each time', async () => {
    const cancel = new AbortController();
    const { result: bystander } = await started(step('test/heeds-abort'), { signal: cancel.signal });
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
    const extra = await startExtra({ maxThreads: 2, graceMs: 1 });
    const stopped = Array.from({ length: 12 }, () => extra.run(step('test/loops-for-ever'), { timeoutMs: 1 }));
    for (const result of await Promise.all(stopped)) expect(result).toMatchObject({ outcome: 'timed-out' });
    const crashed = Array.from({ length: 4 }, () => extra.run(step('test/exits')));
    for (const result of await Promise.all(crashed)) expect(result).toMatchObject({ outcome: 'crashed' });
    expect(await extra.run(step('gantry/noop'))).toMatchObject({ outcome: 'succeeded' });
  });

  it('with what it left behind, is not taken for the step that runs then', async () => {
    const single = await startExtra({ maxThreads: 1 });
    const before = await single.run(step('test/leaves-a-bomb'));
    const result = await single.run(step('gantry/sleep', { ms: 100 }));
    expect(result).toMatchObject({ outcome: 'succeeded' });
    expect(await single.run(step('test/thread'))).toEqual(before);
    expect(warnings).toMatchObject([{ fields: { error: { message: 'left behind' } } }]);
  });
});

describe('starting and closing', () => {
  it('takes the module files it can take and says what is wrong with the others', async () => {
    const modules = await mkdtemp(join(folder, 'mixed-'));
    await writeFile(join(modules, 'a.mjs'), `export default { ref: 'test/plain', infer: () => 'plain' };`);
    await writeFile(join(modules, 'b.js'), `export default { ref: 'test/plain', infer: () => 'second' };`);
    await writeFile(join(modules, 'broken.ts'), `const = ;`);
    await writeFile(join(modules, 'mine.ts'), `export default { ref: 'gantry/noop', infer: () => 'mine' };`);
    await writeFile(join(modules, 'notes.mjs'), `export const notes = 1;`);
    await writeFile(join(modules, 'readme.md'), `# not a module`);
    await writeFile(join(modules, 'types.d.ts'), `export default 1;`);
    const mixed = await startExtra({ modulesDirs: [modules] });
    expect(await mixed.run(step('test/plain'))).toMatchObject({ output: 'plain' });
    expect(await mixed.run(step('gantry/noop'))).toMatchObject({ output: null });
    expect(warnings.map(({ fields }) => JSON.stringify(fields))).toEqual([
      expect.stringMatching(/b\.js: there is a module test\/plain already/),
      expect.stringMatching(/broken\.ts: /),
      expect.stringMatching(/mine\.ts: there is a module gantry\/noop already/),
      expect.stringMatching(/notes\.mjs: its default export is not a module/),
    ]);
  });

  it('refuses to start when a folder of modules is not there', async () => {
    await expect(start({ modulesDirs: [join(folder, 'absent')] })).rejects.toThrow(/folders of modules.*absent/);
  });

  it('aborts what runs and what waits when it is closed', async () => {
    const single = await start({ maxThreads: 1 });
    const { result: running } = await started(step('test/never-settles'), {}, single);
    const waiting = single.run(step('gantry/noop'));
    await single.close();
    await single.close();
    for (const result of [running, waiting, single.run(step('gantry/noop'))]) {
      expect(await result).toEqual({ outcome: 'aborted', error: error('STEP_ABORTED', 'shutting down') });
    }
  });
});
