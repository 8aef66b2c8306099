import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { JsonObject } from '@gantry/domain/json';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptRunner } from '../src/script-runner.ts';
import { environmentSecrets } from '../src/secret-source.ts';
import type { StepOrder } from '../src/step-engine.ts';
import { type RunLimits, StepEngine } from '../src/step-engine.ts';
import { StepSecrets } from '../src/step-secrets.ts';
import { step } from './runtime-fixture.ts';
import { type Behaviour, stepRunnerConformance } from './step-runner-conformance.ts';

/** A script is ended at its next instruction, so none can ignore a stop, and none can take down what it runs in. */
const SCRIPTS: Record<Behaviour, string | null> = {
  succeeds: `return { hello: 'world' };`,
  fails: `throw new ModuleError('PAGE_MISSING', 'page 7 is missing');`,
  'heeds-stop': `progress(1); while (true);`,
  'ignores-stop': null,
  crashes: null,
  'crashes-from-afar': null,
  'gives-too-much': `return 'x'.repeat(600_000);`,
  'gives-too-deep': `let deep = []; for (let i = 0; i < 1_000; i++) deep = [deep]; return deep;`,
  'floods-the-log': `for (let i = 0; i < 5000; i++) log('entry ' + i);`,
  'floods-progress': `for (let i = 0; i < 5000; i++) progress(i);`,
  'leaves-an-error': `clock.sleep(5).then(() => { throw new Error('left behind'); });`,
  'keeps-a-checkpoint': `
    if (checkpoint) return checkpoint;
    keepCheckpoint({ page: 1 });
    keepCheckpoint({ page: 2 });
    throw new Error('lost');`,
  'emits-nonsense': `emit({ taskId: 't1' });`,
  'tells-a-secret': `
    const token = await secrets.get('TOKEN');
    if (token !== options.token) throw new Error('another one');
    for (const told of [token, token.slice(0, 10), token.slice(10)]) log(told);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const bits = [...'me:' + token].map((letter) => letter.charCodeAt(0).toString(2).padStart(8, '0')).join('');
    log(bits.match(/.{1,6}/g).map((six) => letters[parseInt(six.padEnd(6, '0'), 2)]).join(''));
    return 'it is ' + token;`,
};

const folder = mkdtempSync(join(tmpdir(), 'gantry-scripts-'));
const contents = createFolderContentStore(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function task(script: string, options: JsonObject = {}): StepOrder {
  const module = { kind: 'script', moduleRuntimeRef: 'gantry/default', options: [], script } as const;
  return { module: { ...module, options: [] }, request: step('test/script', options), fresh: false };
}

stepRunnerConformance('script', {
  runners: () => ({ script: new ScriptRunner({ contents, maxIdle: 2 }) }),
  task: (behaviour) => {
    const script = SCRIPTS[behaviour];
    return script === null ? null : task(script);
  },
});

describe('a script', () => {
  let engine: StepEngine;
  beforeAll(async () => {
    const secrets = environmentSecrets({ GANTRY_SECRET_KEY: 'hunter2-hunter2' });
    const limits = { maxMemoryMb: 16, maxInstructions: 200_000_000 };
    const script = new ScriptRunner({ contents, limits, maxIdle: 1 });
    engine = new StepEngine({ runners: { script }, slots: 1, secrets, logger: { info() {}, warn() {} } });
    await engine.start();
  });
  afterAll(() => engine.close());
  const run = (script: string, limits: RunLimits = {}, options: JsonObject = {}) =>
    engine.run(task(script, options), limits);

  it('has its parameters and all that a module has', async () => {
    const told: unknown[] = [];
    const result = await run(
      `log('page', { n: parameters.n }); log('alone'); console.warn('a', 1); labels.add('read');
       const ref = await content.write('hello', { contentType: 'text/plain' });
       const key = await secrets.get('KEY');
       await clock.sleep(1);
       return { text: await content.read(ref), key, known: key.length, input, attempt, idempotencyKey };`,
      {
        onLog: ({ level, message, fields }) => told.push({ level, message, fields }),
        onLabel: (label) => told.push(label),
        onContent: ({ size }) => told.push(size),
      },
      { n: 7 },
    );
    expect(result).toMatchObject({
      output: { text: 'hello', key: '***', known: 15, input: null, attempt: 1, idempotencyKey: 's1' },
    });
    expect(told).toEqual([
      { level: 'info', message: 'page', fields: { n: 7 } },
      { level: 'info', message: 'alone' },
      { level: 'warn', message: 'a 1' },
      'read',
      5,
    ]);
  });

  it('has nothing of Node, and leaves nothing for the next one', async () => {
    const names = `[typeof process, typeof require, typeof fetch, typeof setTimeout, typeof globalThis.left]`;
    const nothing = Array(5).fill('undefined');
    expect(await run(`globalThis.left = 1; Object.prototype.left = 1; return 1;`)).toMatchObject({ output: 1 });
    expect(await run(`return ${names};`)).toMatchObject({ output: nothing });
    expect(await run(`await import('node:fs');`)).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    ['memory', `const all = []; while (true) all.push(new Uint8Array(1_000_000));`, 'MODULE_OUT_OF_MEMORY'],
    ['instructions', `while (true);`, 'SCRIPT_TOO_LONG'],
    ['its stack', `const deeper = () => 1 + deeper(); return deeper();`, 'MODULE_FAILED'],
    ['what JSON holds', `return { total: 0 / 0 };`, 'OUTPUT_NOT_JSON'],
    ['the language', `return {;`, 'MODULE_FAILED'],
    ['what comes', `await new Promise(() => {});`, 'SCRIPT_NEVER_ENDS'],
    ['what its host takes', `labels.add('');`, 'ARGUMENT_INVALID'],
  ])('is bounded by %s', async (_what, script, code) => {
    expect(await run(script)).toMatchObject({ outcome: 'failed', error: { code } });
    expect(await run(`return 'fine';`)).toMatchObject({ output: 'fine' });
  });

  it('says what failed also where that is no text', async () => {
    expect(await run(`throw Object.assign(new Error(), { message: { quota: 5 } });`)).toMatchObject({
      error: { message: '{"quota":5}' },
    });
  });

  it('says on which of its lines it failed', async () => {
    expect(await run(`\nthrow new TypeError('no such page');`)).toMatchObject({
      error: { errorType: 'TypeError', message: 'no such page', stackTrace: [{ file: 'script', line: 2 }] },
    });
  });

  it('says on which of its lines it cannot be read', async () => {
    expect(await run(`const page = 1;\n\nconst next = ;`)).toMatchObject({
      error: { errorType: 'SyntaxError', stackTrace: [{ function: 'script', file: 'script', line: 3, column: 14 }] },
    });
  });
});

describe('what a script asks for at once', () => {
  it('is read a few at a time', async () => {
    const store = contents.forOrganization('acme');
    let [now, most] = [0, 0];
    const counted = {
      ...contents,
      forOrganization: () => ({
        ...store,
        async read(...args: Parameters<typeof store.read>) {
          most = Math.max(most, ++now);
          return store.read(...args).finally(() => now--);
        },
      }),
    };
    const script = new ScriptRunner({ contents: counted, maxIdle: 1 });
    const engine = new StepEngine({ runners: { script }, slots: 1, logger: { info() {}, warn() {} } });
    const result = await engine.run(
      task(`const ref = await content.write('page', { contentType: 'text/plain' });
        return (await Promise.all(Array.from({ length: 100 }, () => content.read(ref)))).join('');`),
    );
    await engine.close();
    expect(result).toMatchObject({ output: 'page'.repeat(100) });
    expect(most).toBeLessThan(10);
  });

  it('counts as its memory', async () => {
    const script = new ScriptRunner({ contents, maxIdle: 1, limits: { maxMemoryMb: 16 } });
    const engine = new StepEngine({ runners: { script }, slots: 1, logger: { info() {}, warn() {} } });
    const write = `content.write('x'.repeat(1_000_000), { contentType: 'text/plain' })`;
    const atOnce = await engine.run(task(`await Promise.all(Array.from({ length: 20 }, () => ${write}));`));
    expect(atOnce).toMatchObject({ outcome: 'failed', error: { code: 'MODULE_OUT_OF_MEMORY' } });
    const inTurn = await engine.run(task(`for (let i = 0; i < 20; i++) await ${write}; return 'fine';`));
    expect(inTurn).toMatchObject({ output: 'fine' });
    await engine.close();
  });
});

it('to stop or kill a script that has ended is to leave the next one in its thread alone', async () => {
  const runner = new ScriptRunner({ contents, maxIdle: 1 });
  const run = (script: string) => {
    const { module, request } = task(script);
    const secrets = new StepSecrets(async () => undefined, request);
    if (module.kind !== 'script') throw new TypeError('not a script');
    return runner.run({ module, request, fresh: false, secrets }, () => {});
  };
  const first = run('return 1;');
  expect(await first.ended).toMatchObject({ outcome: 'succeeded' });
  const second = run('await clock.sleep(20); return 2;');
  first.stop({ outcome: 'aborted', error: { code: 'STEP_ABORTED', message: 'stopped' } });
  first.kill();
  expect(await second.ended).toMatchObject({ outcome: 'succeeded', outputJson: '2' });

  // What it said before it was killed comes late: its thread is not taken again.
  const third = run('return 3;');
  third.kill();
  await third.ended;
  expect(await run('return 4;').ended).toMatchObject({ outcome: 'succeeded', outputJson: '4' });
  await runner.close();
});
