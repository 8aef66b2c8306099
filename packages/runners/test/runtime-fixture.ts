import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { JsonObject } from '@gantry/domain/json';
import { expect } from 'vitest';
import type { RunLimits } from '../src/step-engine.ts';
import type { StepRequest, StepResult } from '../src/step-result.ts';
import { type NodeEngine, type NodeEngineOptions, startNodeEngine } from './node-engine.ts';

/** Module files as an author writes them, outside of this project. The body of each is that of `infer`. */
const BODIES: Record<string, string> = {
  process: `return process.pid;`,
  'finds-the-pdf-library': `return Symbol.for('gantry.counted') in globalThis;`,
  tells: `
    input.logger.info('starting', { page: 1 });
    input.progress(1, 4);
    input.statusMessage({ title: 'Reading', subtitle: 'page 1', type: 'PROCESSING' });
    input.emit({ eventType: 'TASK_CREATED', taskId: 't1' });
    input.progress(4, 4);
    setImmediate(() => input.logger.info('too late'));
    return { hello: 'world' };`,
  prints: `console.log('page %d', 1); console.error('oh no'); process.stdout.write('half'); process.stdout.write(' a line\\n'); console.dir({ a: 1 }); process.stdout.write('no end'); return null;`,
  'prints-below': `(await import('node:fs')).writeSync(1, 'by number\\n'); return null;`,
  floods: `for (let i = 0; i < 5000; i++) { input.logger.debug('x'.repeat(20_000)); input.progress(i); } return null;`,
  chatters: `for (let i = 0; i < 5000; i++) i === 2500 ? input.logger.warn('odd page') : input.logger.debug('page', { i }); return null;`,
  'chatters-on': `
    for (let i = 0; i < 700; i++) input.logger.debug('page', { i });
    await new Promise((_, reject) => input.signal.addEventListener('abort', () => reject(input.signal.reason)));`,
  'says-much': `for (let i = 0; i < 100_000; i++) input.statusMessage({ title: 'page ' + i, type: 'PROCESSING' }); return null;`,
  'logs-groups': `input.logger.info('groups', /(?<year>\\d+)/.exec('2024')?.groups); input.logger.info(Object.create(null)); return null;`,
  'emits-nonsense': `input.emit('x' as never); return null;`,
  'emits-no-type': `input.emit({ taskId: 't1' }); return null;`,
  'mocks-time': `const real = Date.now; Date.now = () => 12.5; input.logger.info('mocked'); Date.now = real; return null;`,
  'logs-oddly': `
    const circular: Record<string, unknown> = {}; circular.self = circular;
    input.logger.warn('circular', circular);
    input.logger.info(Object.assign(Object.create(null), { city: 'Bonn' }));
    input.logger.error('failed \\0', { error: new Error('disk full'), text: 'a\\0b' });
    input.logger.info('big', { text: 'x'.repeat(100_000) });
    return null;`,
  'emits-much': `for (let i = 0; i < 101; i++) input.emit({ eventType: 'XY' }); return null;`,
  'emits-large': `input.emit({ eventType: 'XY', data: { text: 'x'.repeat(300_000) } }); return null;`,
  'emits-much-in-all': `for (let i = 0; i < 5; i++) input.emit({ eventType: 'XY', data: { text: 'x'.repeat(250_000) } }); return null;`,
  throws: `throw new TypeError('no such page');`,
  'throws-code': `throw new ModuleError('PAGE_MISSING', 'page 7 is missing');`,
  'throws-bad-code': `throw new ModuleError(404 as never, 'm');`,
  'throws-advice': `throw new ModuleError('PAGE_MISSING', 'page 7 is missing', { statusCode: 404, advice: 'Scan it.' });`,
  'throws-cause': `
    const deepest = Object.assign(new RangeError('no route'), { code: 'EHOSTUNREACH', port: 25 });
    const cause = new AggregateError([deepest, 'x'], 'no server', { cause: { tried: 2 } });
    throw Object.assign(new Error('not sent', { cause }), { statusCode: 502, advice: 'Wait.', mails: 3 });`,
  'throws-object': `throw { message: 'quota is used up', quota: 5 };`,
  'throws-fields': `throw { quota: 5 };`,
  'throws-answer': `throw Object.assign(new Error(), { message: { quota: 5 } });`,
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
  'gives-pattern': `return { pattern: /a/ };`,
  'gives-error': `return [new Error('x')];`,
  'gives-no-date': `return { at: new Date('x') };`,
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
  'leaves-a-file': `
    const [{ writeFileSync }, { tmpdir }] = [await import('node:fs'), await import('node:os')];
    writeFileSync(tmpdir() + '/page.png', '');
    input.logger.info(tmpdir());
    if (input.options.loops) while (true);
    return null;`,
  'exits-on-abort': `input.signal.addEventListener('abort', () => process.exit(0)); input.progress(1); await new Promise(() => {});`,
  exits: `input.logger.info('leaving'); process.exit(0);`,
  'throws-in-timer': `setTimeout(() => { throw new RangeError('from a timer'); }, 1); await new Promise(() => {});`,
  'forgets-a-promise': `void Promise.reject(new Error('nobody waits for me')); await new Promise(() => {});`,
  'eats-memory': `const all: unknown[] = []; while (true) all.push(new Array(10_000).fill({}));`,
  'leaves-a-bomb': `setTimeout(() => { throw new Error('left behind'); }, 5); return process.pid;`,
  'kills-its-process': `process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});`,
  'parses-much': `return JSON.parse('[' + '{"a":1},'.repeat(10_000_000) + '1]').length;`,
  'fills-an-array': `return new Array(1e8).fill(0).map(() => ({})).length;`,
  'holds-buffers': `const all: Buffer[] = []; while (true) { all.push(Buffer.alloc(10_000_000, 1)); await new Promise(setImmediate); }`,
  'leaves-a-timer': `setInterval(() => {}, 60_000); return process.pid;`,
  'leaves-a-thread': `new Worker('setInterval(() => {}, 1000)', { eval: true }); return process.pid;`,
  'leaves-a-global': `(globalThis as Record<string, unknown>).left = 1; return process.pid;`,
  'leaves-files': `for (let i = 0; i < 40; i++) openSync('/dev/null', 'r'); return process.pid;`,
  'patches-a-prototype': `Array.prototype.map = (() => []) as never; return process.pid;`,
  'breaks-its-ground': `JSON.stringify = () => { throw new Error('no'); }; Promise.prototype.then = null as never; return process.pid;`,
  'freezes-a-prototype': `Object.freeze(Object.prototype); return process.pid;`,
  'replaces-the-clock': `Date.now = () => 0; return process.pid;`,
  'changes-folder': `process.chdir('/'); return process.pid;`,
  'changes-environment': `process.env.LEFT = '1'; return process.pid;`,
  'prints-late': `setTimeout(() => console.log('late'), 20).unref(); return null;`,
  environment: `return { ...process.env };`,
  content: `
    const bytes = await input.content.read(String(input.options.ref));
    return input.content.write(bytes.map((byte) => byte + 1), { contentType: 'text/plain', name: 'next.txt' });`,
};

function moduleFile(name: string, body: string): string {
  return `
    import { openSync } from 'node:fs';
    import { Worker } from 'node:worker_threads';
    import { defineModule, type ModuleInput } from '@gantry/module-sdk/define-module';
    import { ModuleError } from '@gantry/module-sdk/module-error';
    import type { JsonObject } from '@gantry/domain/json';
    void ModuleError; void Worker; void openSync;
    export default defineModule({ ref: 'test/${name}', async infer(input: ModuleInput<JsonObject>) { ${body} } });`;
}

const STRICT_OPTIONS = `
  import { z } from 'zod';
  import { defineModule } from '@gantry/module-sdk/define-module';
  export default defineModule({
    ref: 'test/strict',
    options: z.object({
      pages: z.int().min(1).describe('How many pages to read'),
      mode: z.enum(['fast', 'careful']).default('careful'),
    }),
    infer: ({ options }) => ({ ...options, next: options.pages + 1, ranIn: process.pid }),
  });`;

const ALL = [...Object.keys(BODIES), 'strict'];

function textOf(name: string): string {
  if (name === 'strict') return STRICT_OPTIONS;
  const body = BODIES[name];
  if (body === undefined) throw new RangeError(`there is no module ${name}`);
  return moduleFile(name, body);
}

export interface RuntimeFixture {
  folder: string;
  /** Shared by the tests of a file: two slots, modules as `test/<name>`. */
  runtime: NodeEngine;
  warnings: { fields: object; message: string }[];
  /** One more runtime with settings of its own, and these of the modules above: a start imports all it has. Closed by `reset`. */
  start(modules: readonly string[], options?: Partial<NodeEngineOptions>): Promise<NodeEngine>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A runtime for tests, with modules above, all of them by default, in a folder outside of this project. */
export async function createRuntimeFixture(names: readonly string[] = ALL): Promise<RuntimeFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-modules-'));
  const folderOf = async (names: readonly string[]) => {
    const modules = await mkdtemp(join(folder, 'modules-'));
    for (const name of names) await writeFile(join(modules, `${name}.ts`), textOf(name));
    return modules;
  };

  const warnings: RuntimeFixture['warnings'] = [];
  const extra: NodeEngine[] = [];
  const start = async (modules: readonly string[], options: Partial<NodeEngineOptions> = {}) =>
    startNodeEngine({
      modulesDirs: [await folderOf(modules)],
      contents: createFolderContentStore(join(folder, 'content')),
      slots: 2,
      graceMs: 100,
      maxMemoryMb: 64,
      maxOutputBytes: 500_000,
      logger: { info: () => {}, warn: (fields, message) => void warnings.push({ fields, message }) },
      ...options,
    });
  const runtime = await start(names);
  return {
    folder,
    runtime,
    warnings,
    async start(modules, options) {
      const started = await start(modules, options);
      extra.push(started);
      return started;
    },
    async reset() {
      for (const started of extra.splice(0)) await started.close();
      warnings.length = 0;
    },
    async close() {
      await runtime.close();
      await rm(folder, { recursive: true });
    },
  };
}

export function step(ref: string, options: JsonObject = {}, more: Partial<StepRequest> = {}): StepRequest {
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
    checkpoint: null,
    ...more,
  };
}

/** Starts a step and resolves once its module said so with `progress`. */
export async function started(
  runtime: NodeEngine,
  request: StepRequest,
  limits: RunLimits = {},
): Promise<{ result: Promise<StepResult> }> {
  const said = Promise.withResolvers<void>();
  const result = runtime.run(request, { ...limits, onProgress: () => said.resolve() });
  await Promise.race([said.promise, result]);
  return { result };
}

/** Matches a StepError with this code, whose message holds these words. */
export function stepError(code: string, message = ''): object {
  return expect.objectContaining({ code, message: expect.stringContaining(message) });
}
