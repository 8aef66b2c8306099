import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NodeRunner } from '../src/node-runner.ts';
import { type RunLimits, StepEngine } from '../src/step-engine.ts';
import type { StepResult } from '../src/step-result.ts';
import { StepSecrets } from '../src/step-secrets.ts';
import { NODE } from './node-engine.ts';
import { step } from './runtime-fixture.ts';

/** The body of `infer` of each module. */
const BODIES = {
  adds: `return (input.previousOutput ?? 0) + 1;`,
  spoils: `input.context.spoilt = true; return null;`,
  'gives-context': `return input.context;`,
  crashes: `process.exit(1);`,
  fails: `throw new Error('no');`,
  'asks-secret': `return input.secrets.get('TOKEN');`,
  'takes-long': `await new Promise((resolve) => setTimeout(resolve, 300)); return 7;`,
  waits: `
    input.progress(1);
    await new Promise((_, reject) => input.signal.addEventListener('abort', () => reject(input.signal.reason)));`,
} as const;

const folder = mkdtempSync(join(tmpdir(), 'gantry-in-turn-'));
const logger = { info: () => {}, warn: () => {} };
const contents = createFolderContentStore(join(folder, 'content'));
const node = new NodeRunner({ modulesDirs: [folder], contents, maxIdle: 1, logger });
const engine = new StepEngine({
  runners: { node },
  slots: 1,
  graceMs: 100,
  secrets: async () => 'secret-value',
  logger,
});

beforeAll(async () => {
  for (const [name, body] of Object.entries(BODIES)) {
    writeFileSync(
      join(folder, `${name}.mjs`),
      `export default { ref: 'test/${name}', async infer(input) { ${body} } };`,
    );
  }
  await engine.start();
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

function inTurn(names: readonly (keyof typeof BODIES)[], limits: RunLimits = {}) {
  const [first, ...ahead] = names.map((name) => ({
    order: { module: NODE, request: step(`test/${name}`), fresh: false },
    limits,
  }));
  if (first === undefined) throw new RangeError('at least one');
  return engine.runInTurn(first, ahead);
}

async function all(results: AsyncGenerator<StepResult>): Promise<unknown[]> {
  return (await Array.fromAsync(results)).map((result) =>
    result.outcome === 'succeeded' ? result.output : result.outcome,
  );
}

/** Waits until they do so: a step that a busy machine is slow with is followed by none. */
function gives(steps: () => AsyncGenerator<StepResult>) {
  return expect.poll(() => all(steps()), { timeout: 60_000 });
}

test('quick steps follow each other, each on the output of the one before and with a request of its own', async () => {
  await gives(() => inTurn(['adds', 'adds', 'adds'])).toEqual([1, 2, 3]);
  await gives(() => inTurn(['spoils', 'gives-context'])).toEqual([null, {}]);
});

test('nothing follows a step that fails, that took long, or that was given a secret', async () => {
  await gives(() => inTurn(['adds', 'fails', 'adds'])).toEqual([1, 'failed']);
  expect(await all(inTurn(['takes-long', 'adds']))).toEqual([7]);
  expect(await all(inTurn(['asks-secret', 'adds']))).toEqual(['***']);
});

test('a crash is that of the step that crashed', async () => {
  await gives(() => inTurn(['adds', 'crashes', 'adds'])).toEqual([1, 'crashed']);
});

test('what is told to stop is the step that runs, and nothing follows it', async () => {
  await gives(() => {
    const cancel = new AbortController();
    return inTurn(['adds', 'waits', 'adds'], { signal: cancel.signal, onProgress: () => cancel.abort() });
  }).toEqual([1, 'aborted']);
});

test('the time of each counts from its own start', async () => {
  await gives(() => inTurn(['adds', 'waits', 'adds'], { timeoutMs: 1_000 })).toEqual([1, 'timed-out']);
});

test('whoever wants to know no more ends what has begun', async () => {
  for await (const result of inTurn(['adds', 'waits'])) {
    expect(result).toMatchObject({ output: 1 });
    break;
  }
  // There is one slot, and it is free again.
  expect(await all(inTurn(['adds']))).toEqual([1]);
});

test('to kill a step that has ended is to kill nothing', async () => {
  const request = step('test/adds');
  const secrets = new StepSecrets(async () => undefined, request);
  const run = node.run({ module: NODE, request, fresh: false, secrets }, () => {});
  expect(await run.ended).toMatchObject({ outcome: 'succeeded' });
  run.kill();
  expect(await all(inTurn(['adds']))).toEqual([1]);
});
