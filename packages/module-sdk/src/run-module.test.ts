import { text } from 'node:stream/consumers';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineModule, type ModuleInput } from './define-module.ts';
import { ModuleError } from './module-error.ts';
import { runModule } from './run-module.ts';

const moduleThat = (infer: (input: ModuleInput<Record<string, unknown>>) => unknown) =>
  defineModule<Record<string, unknown>>({ ref: 'test/module', infer });

test('gives the output and all that the module told', async () => {
  const module = defineModule({
    ref: 'test/reads',
    options: z.object({ pages: z.number().default(2) }),
    async infer(input) {
      input.logger.info('Reading', { pages: input.options.pages });
      input.progress(1, 2);
      input.keepCheckpoint({ page: Number(input.checkpoint) + 1 });
      input.statusMessage({ title: 'Reading', type: 'PROCESSING' });
      const bytes = await input.trace.span('read', () => input.content.read('content://a'));
      const read = Buffer.from(bytes).toString();
      const copy = await input.content.write(Buffer.from(`${read}!`), { contentType: 'text/plain', name: 'a.txt' });
      input.labels.add('read');
      input.labels.remove('new');
      input.emit({ eventType: 'TASK_CREATED', taskId: 't1' });
      return { again: await text(await input.content.open(copy)), key: await input.secrets.get('KEY') };
    },
  });
  const ran = await runModule(module, { contents: { 'content://a': 'hello' }, secrets: { KEY: 'k' }, checkpoint: 1 });
  expect(ran).toEqual({
    output: { again: 'hello!', key: 'k' },
    logs: [{ level: 'info', message: 'Reading', fields: { pages: 2 } }],
    progress: [{ done: 1, max: 2 }],
    checkpoints: [{ page: 2 }],
    spans: ['read'],
    statusMessages: [{ title: 'Reading', type: 'PROCESSING' }],
    events: [{ eventType: 'TASK_CREATED', taskId: 't1' }],
    labels: { added: ['read'], removed: ['new'] },
    written: [{ ref: expect.any(String), bytes: Buffer.from('hello!'), contentType: 'text/plain', name: 'a.txt' }],
  });
});

test('has a clock that only sleeping moves, and stops at an abort', async () => {
  const abort = new AbortController();
  const module = moduleThat(async ({ clock }) => {
    await clock.sleep(60_000);
    const at = clock.now().toISOString();
    abort.abort();
    await clock.sleep(1).catch((error: Error) => expect(error.name).toBe('AbortError'));
    return at;
  });
  const { output } = await runModule(module, { now: new Date('2026-01-01T00:00:00Z'), signal: abort.signal });
  expect(output).toBe('2026-01-01T00:01:00.000Z');
});

test('rejects with what the module throws', async () => {
  const options = { permanent: true, retryAfter: 60 };
  const module = moduleThat(() => {
    throw new ModuleError('PAGE_MISSING', 'page 7', options);
  });
  await expect(runModule(module)).rejects.toMatchObject({ code: 'PAGE_MISSING', ...options });
});

test('refuses options as a worker does', async () => {
  const module = defineModule({ ref: 'test/m', options: z.object({ pages: z.number() }), infer: () => null });
  await expect(runModule(module, { options: { pages: 'two' } })).rejects.toMatchObject({
    code: 'MODULE_OPTIONS_INVALID',
    validationErrors: [{ option: 'pages', message: expect.any(String), description: '' }],
  });
});

test.each<[string, string, (input: ModuleInput<Record<string, unknown>>) => unknown]>([
  ['an event without a type', 'EVENT_INVALID', ({ emit }) => emit({ taskId: 't1' })],
  ['progress that is no number', 'ARGUMENT_INVALID', ({ progress }) => progress(Number.NaN)],
  ['a status of no type', 'ARGUMENT_INVALID', ({ statusMessage }) => statusMessage({ title: 'x', type: 'X' as never })],
  ['an empty label', 'ARGUMENT_INVALID', ({ labels }) => labels.add('')],
  ['content that is no bytes', 'ARGUMENT_INVALID', ({ content }) => content.write('x' as never, { contentType: 'a' })],
  ['a secret that is not there', 'SECRET_NOT_FOUND', ({ secrets }) => secrets.get('toString')],
  ['a content that is not there', 'CONTENT_NOT_FOUND', ({ content }) => content.read('content://x')],
  ['a checkpoint of any size', 'CHECKPOINT_TOO_LARGE', (step) => step.keepCheckpoint('x'.repeat(40_000))],
  ['an output JSON cannot hold', 'OUTPUT_NOT_JSON', () => new Map()],
  ['one of another context', 'OUTPUT_NOT_JSON', () => ({ found: runInNewContext('new Map()') })],
  ['an event that does not say what it is about', 'EVENT_INVALID', ({ emit }) => emit({ eventType: 'TASK_CREATED' })],
])('refuses %s where it happens', async (_what, code, infer) => {
  await expect(runModule(moduleThat(infer))).rejects.toMatchObject({ code });
});
