import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentStore } from '@gantry/contents/content-store';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { minimalPdf } from '@gantry/documents/pdf/minimal-pdf';
import type { Json, JsonObject } from '@gantry/domain/json';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunLimits } from '../src/step-engine.ts';
import type { LogEntry, StepRequest } from '../src/step-result.ts';
import { type NodeEngine, startNodeEngine } from './node-engine.ts';

let contentDir: string;
let content: ContentStore;
let runtime: NodeEngine;

beforeAll(async () => {
  contentDir = await mkdtemp(join(tmpdir(), 'gantry-built-in-'));
  content = createFolderContentStore(contentDir).forOrganization('acme');
  const logger = { info: () => {}, warn: () => {} };
  runtime = await startNodeEngine({
    modulesDirs: [],
    contents: createFolderContentStore(contentDir),
    slots: 1,
    graceMs: 60_000,
    logger,
  });
});

afterAll(async () => {
  await runtime.close();
  await rm(contentDir, { recursive: true });
});

function run(slug: string, options: JsonObject = {}, more: Partial<StepRequest> = {}, limits: RunLimits = {}) {
  const step = { executionId: 'e1', organizationId: 'acme', stepId: 's1', stepIndex: 2, attempt: 1, epoch: 3 };
  const given = { context: {}, documentFamily: null, contentObject: null, previousOutput: null, checkpoint: null };
  return runtime.run({ ref: `gantry/${slug}`, options, ...step, ...given, ...more }, limits);
}

async function store(bytes: Uint8Array): Promise<JsonObject> {
  const { ref } = await content.write(bytes, { contentType: 'application/pdf' });
  return { id: 'c1', contentType: 'NATIVE', contentRef: ref };
}

describe('the small modules', () => {
  it('noop gives null', async () => {
    expect(await run('noop')).toMatchObject({ outcome: 'succeeded', output: null });
  });

  it('echo gives back all it was given', async () => {
    const given = {
      context: { eventType: 'TASK_CREATED' },
      documentFamily: { id: 'f1' },
      contentObject: { id: 'c1' },
      previousOutput: [1, 'two'],
    };
    expect(await run('echo', { any: 'thing' }, given)).toMatchObject({
      output: {
        ...given,
        options: { any: 'thing' },
        executionId: 'e1',
        stepId: 's1',
        stepIndex: 2,
        attempt: 1,
        epoch: 3,
      },
    });
  });

  it('sleep waits, and wakes when it is asked to stop', async () => {
    expect(await run('sleep', { ms: 1 })).toMatchObject({ output: { sleptMs: 1 } });
    expect(await run('sleep', { ms: 60_000 }, {}, { timeoutMs: 20 })).toEqual({
      outcome: 'timed-out',
      // Not killed: it heeded the signal.
      error: { code: 'STEP_TIMEOUT', message: 'The step ran longer than 20 ms' },
    });
    expect(await run('sleep', { ms: -1 })).toMatchObject({ error: { code: 'MODULE_OPTIONS_INVALID' } });
  });

  it('fail fails as often as it is told, for ever by default', async () => {
    const failure = { outcome: 'failed', error: { code: 'FAILED_ON_PURPOSE', message: 'no luck' } };
    expect(await run('fail', { message: 'no luck' }, { attempt: 99 })).toMatchObject(failure);
    expect(await run('fail', { message: 'no luck', failTimes: 2 }, { attempt: 2 })).toMatchObject(failure);
    expect(await run('fail', { failTimes: 2 }, { attempt: 3 })).toMatchObject({ output: { attempt: 3 } });
  });
});

describe('from a PDF to the facts of an invoice', () => {
  const invoice = minimalPdf([
    [
      { text: 'Acme Supplies Ltd', x: 50, y: 750, size: 16 },
      { text: 'Invoice No: 2024-17', x: 400, y: 750 },
      { text: 'Date: 9 April 2024', x: 400, y: 730 },
      { text: 'Total', x: 400, y: 300 },
      { text: 'GBP 1,250.00', x: 480, y: 300 },
    ],
  ]);

  it('the parser gives what the extractor reads', async () => {
    const entries: LogEntry[] = [];
    const contentObject = await store(invoice);
    const parsed = await run('pdf-parser', {}, { contentObject }, { onLog: (entry) => entries.push(entry) });
    expect(parsed).toMatchObject({ outcome: 'succeeded', output: { pageCount: 1 } });
    expect(entries).toMatchObject([{ level: 'info', fields: { pages: 1 } }]);
    const previousOutput: Json = parsed.outcome === 'succeeded' ? parsed.output : null;
    expect(await run('invoice-extractor', {}, { previousOutput })).toMatchObject({
      output: {
        issuer: 'Acme Supplies Ltd',
        invoiceNumber: '2024-17',
        date: '2024-04-09',
        amount: 1250,
        currency: 'GBP',
        evidence: { amount: { page: 1, line: 3, text: 'Total  GBP 1,250.00' } },
      },
    });
  });

  it.each([
    ['no content object', null, {}, 'CONTENT_OBJECT_MISSING'],
    ['no PDF', new TextEncoder().encode('hello'), {}, 'PDF_INVALID'],
    ['a password', minimalPdf([[]], { encrypted: true }), {}, 'PDF_ENCRYPTED'],
    ['no such range', invoice, { pages: 'all' }, 'PAGES_INVALID'],
    ['too many bytes', invoice, { maxBytes: 100 }, 'CONTENT_TOO_LARGE'],
  ])('the parser says so when there is %s', async (_what, bytes, options, code) => {
    const contentObject = bytes && (await store(bytes));
    expect(await run('pdf-parser', options, { contentObject })).toMatchObject({ outcome: 'failed', error: { code } });
  });

  it('the extractor says so when there is no text before it', async () => {
    expect(await run('invoice-extractor', {}, { previousOutput: { pages: 3 } })).toMatchObject({
      outcome: 'failed',
      error: { code: 'INVOICE_TEXT_MISSING' },
    });
  });
});

describe('what else reads and shapes documents', () => {
  it('the office parser gives what the extractor reads, whatever the file is', async () => {
    const letter = new TextEncoder().encode('Acme Ltd\nInvoice No: 2024-17\nDate: 9 April 2024\nTotal    GBP 1,250.00');
    const parsed = await run('office-parser', {}, { contentObject: await store(letter) });
    expect(parsed).toMatchObject({ outcome: 'succeeded', output: { format: 'txt', pageCount: 1, hasText: true } });
    const previousOutput: Json = parsed.outcome === 'succeeded' ? parsed.output : null;
    expect(await run('invoice-extractor', {}, { previousOutput })).toMatchObject({
      output: { documentType: 'invoice', invoiceNumber: '2024-17', amount: 1250, currency: 'GBP' },
    });
    const pdf = await store(minimalPdf([[{ text: 'Hello', x: 50, y: 50 }]]));
    expect(await run('office-parser', {}, { contentObject: pdf })).toMatchObject({
      output: { format: 'pdf', text: 'Hello' },
    });
    const image = await store(Uint8Array.from([0x89, 0x50, 0, 0]));
    expect(await run('office-parser', {}, { contentObject: image })).toMatchObject({
      error: { code: 'FORMAT_UNKNOWN' },
    });
  });

  it('the classifier names the category of the text before it', async () => {
    const categories = [
      { name: 'invoice', keywords: ['invoice', 'total'] },
      { name: 'letter', keywords: ['dear'] },
    ];
    const previousOutput = { text: 'Invoice 17, total 4 EUR' };
    expect(await run('document-classifier', { categories }, { previousOutput })).toMatchObject({
      output: { category: 'invoice', confidence: 0.67 },
    });
    expect(await run('document-classifier', { categories })).toMatchObject({ error: { code: 'TEXT_MISSING' } });
    expect(await run('document-classifier', {})).toMatchObject({ error: { code: 'MODULE_OPTIONS_INVALID' } });
  });

  it('the transform makes what its expression says, within limits', async () => {
    const previousOutput = { items: [{ price: 4 }, { price: 5 }], name: 'tea-time' };
    const transform = (expression: string, options: JsonObject = {}) =>
      run('json-transform', { expression, ...options }, { previousOutput, context: { eventType: 'TASK_CREATED' } });
    expect(await transform('{"sum": $sum(items.price), "event": $context.eventType}')).toMatchObject({
      output: { sum: 9, event: 'TASK_CREATED' },
    });
    expect(await transform('$replace(name, /[aeiou]/, "*")')).toMatchObject({ output: 't**-t*m*' });
    expect(await transform('nothing.here')).toMatchObject({ outcome: 'succeeded', output: null });
    for (const expression of [
      '(',
      '($f := function($n){$f($n + 1)}; $f(1))',
      '$sum([1..1e7])',
      '$match(name, /(?=t)/)',
    ]) {
      expect(await transform(expression, { timeoutMs: 500 })).toMatchObject({ error: { code: 'TRANSFORM_FAILED' } });
    }
  });

  it('ocr reads what pages show, and tells how far it is', async () => {
    const contentObject = await store(minimalPdf([[{ text: 'Dear Sir', x: 50, y: 700, size: 30 }]]));
    const progress: unknown[] = [];
    const looked = await run(
      'ocr',
      { everyPage: true, dpi: 100 },
      { contentObject },
      { onProgress: (at) => progress.push(at) },
    );
    expect(looked).toMatchObject({ output: { text: 'Dear Sir', pages: [{ width: 600 }] } });
    expect(progress).toEqual([{ done: 1, max: 1 }]);
    const languages = ['eng', 'xxx'];
    expect(await run('ocr', { languages, everyPage: true }, { contentObject })).toMatchObject({
      error: { code: 'OCR_LANGUAGE_MISSING', message: expect.stringContaining('languages') },
    });
  });

  it('ocr goes on behind the pages that an attempt before it has looked at', async () => {
    const contentObject = await store(minimalPdf(['One', 'Two'].map((text) => [{ text, x: 50, y: 700, size: 30 }])));
    const options = { everyPage: true, dpi: 100, languages: ['eng'] };
    const told = { checkpoint: null as Json, written: 0 };
    const cancel = new AbortController();
    const lost = await run(
      'ocr',
      options,
      { contentObject },
      {
        signal: cancel.signal,
        onCheckpoint: (checkpoint) => {
          told.checkpoint ??= checkpoint;
          cancel.abort();
        },
        onContent: () => told.written++,
      },
    );
    expect(lost).toMatchObject({ outcome: 'aborted' });
    expect(told).toEqual({ checkpoint: { pages: expect.stringMatching(/^content:/) }, written: 0 });

    const log: string[] = [];
    const progress: unknown[] = [];
    const next = { contentObject, attempt: 2, checkpoint: told.checkpoint };
    const read = await run('ocr', options, next, {
      onLog: ({ message }) => log.push(message),
      onProgress: (at) => progress.push(at),
    });
    expect(read).toMatchObject({ output: { text: 'One\n\nTwo' } });
    expect(log[0]).toBe('Pages that an attempt before has looked at are taken over');
    expect(progress.at(-1)).toEqual({ done: 2, max: 2 });
  });

  it('label changes the labels of the document, and gives on what came before', async () => {
    const changes: unknown[] = [];
    const onLabel = (...change: unknown[]) => void changes.push(change);
    const given = { documentFamily: { id: 'f1' }, previousOutput: { amount: 4 } };
    const options = { add: ['read'], remove: ['new'] };
    expect(await run('label', options, given, { onLabel })).toMatchObject({ output: { amount: 4 } });
    expect(changes).toEqual([
      ['read', true],
      ['new', false],
    ]);
    expect(await run('label', options)).toMatchObject({ error: { code: 'DOCUMENT_FAMILY_MISSING' } });
    expect(await run('label', { add: ['a'], remove: ['a'] }, given)).toMatchObject({
      error: { code: 'MODULE_OPTIONS_INVALID', message: expect.stringContaining('remove') },
    });
  });

  it('the splitter keeps each part as a content of its own', async () => {
    const contentObject = await store(minimalPdf(['one', 'two', 'three'].map((text) => [{ text, x: 50, y: 50 }])));
    const split = await run('split-pdf', { ranges: ['1,3', '2'] }, { contentObject });
    expect(split).toMatchObject({ output: { parts: [{ pages: [1, 3] }, { pages: [2] }] } });
    const { parts } = (split.outcome === 'succeeded' ? split.output : { parts: [] }) as {
      parts: { contentRef: string }[];
    };
    const [first] = parts;
    const part = { contentObject: { contentRef: first?.contentRef ?? '' } };
    expect(await run('pdf-parser', {}, part)).toMatchObject({ output: { text: 'one\n\nthree' } });
  });
});
