import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { READY_AT_FIRST } from '../src/node-runner.ts';
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

describe('a step that succeeds', () => {
  it('gives its output, and everything it told has arrived by then', async () => {
    const told: unknown[] = [];
    const result = await runtime.run(step('test/tells'), {
      onLog: ({ level, message, fields }) => told.push({ level, message, fields }),
      onProgress: (progress) => told.push(progress),
      onStatusMessage: (message) => told.push(message),
      onEmit: (event) => told.push(event),
    });
    const output = { output: { hello: 'world' }, outputJson: '{"hello":"world"}' };
    expect(result).toEqual({ outcome: 'succeeded', ...output, at: expect.any(Number) });
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
    const store = createFolderContentStore(join(fixture.folder, 'content'));
    const { ref } = await store.forOrganization('acme').write(new Uint8Array([1, 2]), { contentType: 'text/plain' });
    const told: unknown[] = [];
    const result = await runtime.run(step('test/content', { ref }), { onContent: (content) => told.push(content) });
    const written = result.outcome === 'succeeded' ? String(result.output) : '';
    expect([...(await store.forOrganization('acme').read(written))]).toEqual([2, 3]);
    expect(told).toMatchObject([{ ref: written, size: 2, sha256: expect.any(String) }]);
    expect(await runtime.run(step('test/content', { ref }, { organizationId: 'other' }))).toEqual({
      outcome: 'failed',
      error: stepError('CONTENT_NOT_FOUND', 'nothing is stored as'),
    });
  });

  it('sees the environment it is given and no other', async () => {
    const extra = await fixture.start(['environment'], { env: { REGION: 'eu' } });
    const { outputJson } = (await extra.run(step('test/environment'))) as { outputJson: string };
    expect(JSON.parse(outputJson)).toEqual({ REGION: 'eu', TMPDIR: expect.any(String) });
  });
});

describe('what a step tells is bounded', () => {
  it('in the number and size of log entries and of progress', async () => {
    const entries: LogEntry[] = [];
    const done: number[] = [];
    const onProgress = (progress: { done: number }) => void done.push(progress.done);
    const result = await runtime.run(step('test/floods'), { onLog: keptIn(entries), onProgress });
    expect(result.outcome).toBe('succeeded');
    expect(entries[0]?.message).toHaveLength(8_000);
    const half = Math.floor(524_288 / Buffer.byteLength(entries[0]?.message ?? ''));
    expect(entries).toHaveLength(half + 1 + half);
    expect(entries[half]).toMatchObject({ level: 'warn', message: expect.stringContaining(`${5_000 - 2 * half} log`) });
    expect(done.length).toBeLessThan(1_000);
    expect(done.at(-1)).toBe(4_999);
  });

  it('and in the number of small log entries', async () => {
    const entries: LogEntry[] = [];
    await runtime.run(step('test/chatters'), { onLog: keptIn(entries) });
    // The head, what is missing, and of the rest the warnings first, then the newest.
    expect(entries).toHaveLength(1_001);
    expect(entries[499]).toMatchObject({ message: 'page', fields: { i: 499 } });
    expect(entries[500]).toMatchObject({ level: 'warn', message: expect.stringContaining('4000 log entries') });
    expect(entries[501]).toMatchObject({ level: 'warn', message: 'odd page' });
    expect(entries.at(-1)).toMatchObject({ message: 'page', fields: { i: 4_999 } });
  });

  it('and whoever watches sees the newest entries of those that are held back until the attempt ends', async () => {
    const entries: LogEntry[] = [];
    const ending = new AbortController();
    const onLog = (entry: LogEntry) => {
      entries.push(entry);
      if (entry.standsFor === 'held' && entry.message.startsWith('200 ')) ending.abort();
    };
    await runtime.run(step('test/chatters-on'), { onLog, signal: ending.signal });
    const lines = entries
      .filter(({ standsFor }) => standsFor === 'held')
      .at(-1)
      ?.message.split('\n');
    expect(lines?.[0]).toBe('200 more entries are held back until this attempt ends. The newest:');
    expect(lines?.slice(1)).toEqual(Array.from({ length: 20 }, (_, index) => `DEBUG page {"i":${680 + index}}`));
    // What stood for them makes room for a remark, and they come.
    const ended = entries.filter(({ standsFor }) => standsFor !== 'held');
    expect(ended[500]).toMatchObject({ standsFor: 'missing', message: expect.stringContaining('held back until it') });
    expect(ended.map(({ fields }) => fields?.['i']).filter((i) => i !== undefined)).toEqual([...Array(700).keys()]);
  });

  it('and of a flood of status messages the newest arrive', async () => {
    const titles: string[] = [];
    await runtime.run(step('test/says-much'), { onStatusMessage: ({ title }) => titles.push(title) });
    expect(titles.length).toBeLessThan(1_000);
    expect(titles.slice(-10)).toEqual(Array.from({ length: 10 }, (_, index) => `page ${99_990 + index}`));
  });

  it('takes what is printed for log entries', async () => {
    const entries: LogEntry[] = [];
    await runtime.run(step('test/prints'), { onLog: (entry) => entries.push(entry) });
    expect(entries).toMatchObject([
      { level: 'info', message: 'page 1' },
      { level: 'error', message: 'oh no' },
      { level: 'info', message: 'half a line' },
      { level: 'info', message: '{ a: 1 }' },
      { level: 'info', message: 'no end' },
    ]);
    await runtime.run(step('test/prints-below'), { onLog: (entry) => entries.push(entry) });
    expect(entries.slice(5)).toMatchObject([{ level: 'info', message: 'by number' }]);
  });

  it('and no log entry fails a step', async () => {
    const entries: LogEntry[] = [];
    const result = await runtime.run(step('test/logs-oddly'), { onLog: (entry) => entries.push(entry) });
    expect(result.outcome).toBe('succeeded');
    expect(entries.map(({ message, fields }) => ({ message, fields }))).toEqual([
      { message: 'circular', fields: { dropped: expect.stringContaining('cannot be written') } },
      { message: expect.stringContaining("city: 'Bonn'"), fields: undefined },
      {
        message: 'failed \ufffd',
        fields: { error: expect.objectContaining({ message: 'disk full' }), text: 'a\ufffdb' },
      },
      { message: 'big', fields: { dropped: expect.stringContaining('characters') } },
    ]);
  });

  it('in the number and size of events, which is an error', async () => {
    expect(await runtime.run(step('test/emits-much'))).toEqual({
      outcome: 'failed',
      error: stepError('TOO_MANY_EVENTS'),
    });
    expect(await runtime.run(step('test/emits-large'))).toEqual({
      outcome: 'failed',
      error: stepError('EVENT_TOO_LARGE'),
    });
    expect(await runtime.run(step('test/emits-much-in-all'))).toEqual({
      outcome: 'failed',
      error: stepError('TOO_MANY_EVENTS', '1024 KiB'),
    });
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
    ['throws-bad-code', 'MODULE_FAILED', '404'],
    ['emits-nonsense', 'EVENT_INVALID', 'event: '],
    ['emits-no-type', 'EVENT_INVALID', 'eventType: '],
    ['throws-text', 'MODULE_FAILED', 'plain text'],
    ['throws-undefined', 'MODULE_FAILED', 'undefined'],
    ['throws-oddly', 'MODULE_FAILED', 'cannot be described'],
    ['overflows', 'MODULE_FAILED', 'call stack'],
    ['gives-bigint', 'OUTPUT_NOT_JSON', 'output.pages[0].number is a bigint'],
    ['gives-nan', 'OUTPUT_NOT_JSON', 'output.total is NaN'],
    ['gives-function', 'OUTPUT_NOT_JSON', 'output is a function'],
    ['gives-promise', 'OUTPUT_NOT_JSON', 'output.text is a Promise'],
    ['gives-map', 'OUTPUT_NOT_JSON', 'output is a Map'],
    ['gives-pattern', 'OUTPUT_NOT_JSON', 'output.pattern is a RegExp'],
    ['gives-error', 'OUTPUT_NOT_JSON', 'output[0] is an Error'],
    ['gives-no-date', 'OUTPUT_NOT_JSON', 'output.at is an invalid Date'],
    ['throws-object', 'MODULE_FAILED', 'quota is used up'],
    ['throws-fields', 'MODULE_FAILED', '{"quota":5}'],
    ['throws-answer', 'MODULE_FAILED', '{"quota":5}'],
    ['gives-bytes', 'OUTPUT_NOT_JSON', 'output.bytes is a Uint8Array'],
    ['gives-circle', 'OUTPUT_NOT_JSON', 'circular'],
    ['gives-getter', 'OUTPUT_NOT_JSON', 'failed'],
    ['gives-large', 'OUTPUT_TOO_LARGE', '500000 bytes'],
    ['gives-huge', 'OUTPUT_TOO_LARGE', '500000 bytes'],
  ])('%s: %s', async (name, code, message) => {
    expect(await runtime.run(step(`test/${name}`))).toEqual({ outcome: 'failed', error: stepError(code, message) });
  });

  it('says what its error says of itself: status, advice, fields, causes', async () => {
    expect(await runtime.run(step('test/throws-advice'))).toMatchObject({
      error: { code: 'PAGE_MISSING', statusCode: 404, advice: 'Scan it.' },
    });
    const fields = { code: 'EHOSTUNREACH', port: 25 };
    expect(await runtime.run(step('test/throws-cause'))).toMatchObject({
      error: {
        message: 'not sent',
        statusCode: 502,
        advice: 'Wait.',
        cause: {
          fields: { mails: 3 },
          cause: {
            message: 'no server',
            errors: [{ message: 'no route', errorType: 'RangeError', fields }, { value: 'x' }],
            cause: { tried: 2 },
          },
        },
      },
    });
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
    expect(await runtime.run(step('test/absent'))).toEqual({
      outcome: 'failed',
      error: stepError('MODULE_NOT_FOUND', 'test/absent'),
    });
  });
});

describe('starting and closing', () => {
  it('imports the PDF library ahead, which does not count as something that a step has left', async () => {
    const engine = await fixture.start(['finds-the-pdf-library', 'process'], { slots: 2, readyFor: READY_AT_FIRST });
    const pidOfReady = await vi.waitFor(
      async () => {
        const found = await engine.run(step('test/finds-the-pdf-library'));
        expect(found).toMatchObject({ output: true });
        return engine.run(step('test/process'));
      },
      { timeout: 60_000, interval: 3_000 },
    );
    expect(await engine.run(step('test/process'))).toEqual({ ...pidOfReady, at: expect.any(Number) });
  });

  it('aborts what runs and what waits when it is closed', async () => {
    const single = await fixture.start(['never-settles'], { slots: 1 });
    const { result: running } = await started(single, step('test/never-settles'), {});
    const waiting = single.run(step('gantry/noop'));
    await single.close();
    await single.close();
    for (const result of [running, waiting, single.run(step('gantry/noop'))]) {
      expect(await result).toEqual({ outcome: 'aborted', error: stepError('STEP_ABORTED', 'shutting down') });
    }
  });
});

/** All but what is told of entries meanwhile that are held back. */
function keptIn(entries: LogEntry[]) {
  return (entry: LogEntry) => {
    if (entry.standsFor !== 'held') entries.push(entry);
  };
}
