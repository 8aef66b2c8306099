import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUILT_IN_REFS, loadModule, NON_BLOCKING_REFS } from '../src/module-registry.ts';
import type { LogEntry } from '../src/step-result.ts';
import { type NodeEngine, startNodeEngine } from './node-engine.ts';
import { step } from './runtime-fixture.ts';

/** One module: what a step of it does is its option. */
const MODULE = `
  const gates = [];
  const does = {
    async waits({ stepIndex, signal, progress }) {
      progress(1);
      await new Promise((resolve) => { signal.addEventListener('abort', resolve); gates.push(resolve); });
      console.log('I am ' + stepIndex);
      return { pid: process.pid, index: stepIndex };
    },
    opens() {
      for (const open of gates.splice(0)) open();
      return process.pid;
    },
    exits() { process.exit(3); },
    async blocks() {
      await new Promise(setImmediate);
      while (true);
    },
  };
  export default { ref: 'test/it', nonBlocking: true, infer: (input) => does[input.options.does](input) };`;

const it = (does: string) => ({ ...step('test/it'), options: { does } });

const folder = mkdtempSync(join(tmpdir(), 'gantry-together-'));
let engine: NodeEngine;

beforeAll(async () => {
  writeFileSync(join(folder, 'it.mjs'), MODULE);
  const contents = createFolderContentStore(join(folder, 'content'));
  const logger = { info: () => {}, warn: () => {} };
  engine = await startNodeEngine({ modulesDirs: [folder], contents, slots: 200, graceMs: 100, logger });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** A step that waits until one that opens runs beside it. */
function waiting(index: number, signal?: AbortSignal) {
  const begun = Promise.withResolvers<void>();
  const logged: LogEntry[] = [];
  const request = { ...it('waits'), stepIndex: index };
  const listeners = { onProgress: () => begun.resolve(), onLog: (entry: LogEntry) => logged.push(entry) };
  const result = engine.run(request, { ...listeners, ...(signal && { signal }) });
  return { begun: begun.promise, logged, result };
}

test('steps of non-blocking modules wait beside each other in one process, and each prints into its own log', async () => {
  const steps = Array.from({ length: 60 }, (_, index) => waiting(index));
  await Promise.all(steps.map(({ begun }) => begun));
  const opened = await engine.run(it('opens'));
  const ended = await Promise.all(steps.map(({ result }) => result));
  expect(opened).toMatchObject({ outcome: 'succeeded', output: expect.any(Number) });
  const pid = opened.outcome === 'succeeded' && opened.output;
  expect(ended).toMatchObject(steps.map((_, index) => ({ output: { pid, index } })));
  expect(steps.map(({ logged }) => logged.map(({ message }) => message))).toEqual(
    steps.map((_, index) => [`I am ${index}`]),
  );
});

test('one is stopped, and those beside it go on', async () => {
  const stop = new AbortController();
  const [one, other] = [waiting(1, stop.signal), waiting(2)];
  await Promise.all([one.begun, other.begun]);
  stop.abort();
  expect(await one.result).toMatchObject({ outcome: 'aborted' });
  await engine.run(it('opens'));
  expect(await other.result).toMatchObject({ output: { index: 2 } });
});

test('one that takes the process down is told apart from those beside it, and each is to be tried by itself', async () => {
  const beside = waiting(1);
  await beside.begun;
  expect(await engine.run(it('exits'))).toMatchObject({ outcome: 'crashed', fresh: false });
  expect(await beside.result).toMatchObject({ outcome: 'crashed', fresh: false });
  expect(await engine.run(it('exits'), {}, true)).toMatchObject({ outcome: 'crashed', fresh: true });
});

test('one that blocks does not hold up those beside it for long: its process ends', async () => {
  const beside = waiting(1);
  await beside.begun;
  const blocking = engine.run(it('blocks'));
  expect(await beside.result).toMatchObject({
    outcome: 'crashed',
    fresh: false,
    error: { message: expect.stringMatching(/kept those beside it waiting/) },
  });
  expect(await blocking).toMatchObject({ outcome: 'crashed', fresh: false });
});

test('the built-in modules that are run beside others are those that say they may be', async () => {
  const modules = await Promise.all(BUILT_IN_REFS.map((ref) => loadModule(ref, null)));
  const saying = modules.filter(({ nonBlocking }) => nonBlocking).map(({ ref }) => ref);
  expect(saying.sort()).toEqual([...NON_BLOCKING_REFS].sort());
});
