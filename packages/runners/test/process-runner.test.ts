import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ContentStores } from '@gantry/contents/content-store';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { JsonObject } from '@gantry/domain/json';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ProcessRunner } from '../src/process-runner.ts';
import { environmentSecrets } from '../src/secret-source.ts';
import { type RunLimits, StepEngine } from '../src/step-engine.ts';
import type { LogEntry } from '../src/step-result.ts';
import type { StepRun } from '../src/step-runner.ts';
import { StepSecrets } from '../src/step-secrets.ts';
import { step } from './runtime-fixture.ts';

const SDK = resolve(import.meta.dirname, '../../module-sdk/python');

let folder: string;
let contents: ContentStores;
let engine: StepEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-programs-'));
  contents = createFolderContentStore(join(folder, 'content'));
  const secrets = environmentSecrets({ GANTRY_SECRET_KEY: 'hunter2-hunter2' });
  const process = new ProcessRunner({
    contents,
    maxIdle: 2,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', PYTHONDONTWRITEBYTECODE: '1' },
    limits: { maxMemoryMb: 100, cpuSeconds: 1 },
  });
  engine = new StepEngine({ runners: { process }, slots: 2, secrets, logger: { info() {}, warn() {} } });
  await engine.start();
});

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

/** Runs a Python module with this body. */
async function run(body: string, { options = {}, ...limits }: RunLimits & { options?: JsonObject } = {}) {
  const file = join(folder, `${Math.random()}.py`);
  await writeFile(
    file,
    `
import base64, os, subprocess, sys
sys.path.insert(0, ${JSON.stringify(SDK)})
from gantry_sdk import ModuleError, define_module, option, run
@define_module("test/module", options={"pages": option(int, default=2)})
def module(step):
${body}
run(module)
`,
  );
  return runProgram(['python3', file], { options, ...limits });
}

function runProgram(command: string[], { options = {}, ...limits }: RunLimits & { options?: JsonObject } = {}) {
  const module = { kind: 'process', moduleRuntimeRef: 'gantry/default', options: [], command } as const;
  return engine.run(
    { module: { ...module, options: [] }, request: step('test/module', options), fresh: false },
    limits,
  );
}

test('a step that the machine has no room for waits, and others have its slot', async () => {
  vi.stubEnv('TMPDIR', join(folder, 'missing'));
  const attempts = Array.from({ length: 3 }, () => runProgram(['echo']));
  const results = await Promise.all(attempts).finally(() => vi.unstubAllEnvs());
  expect(results.map(({ outcome }) => outcome)).toEqual(Array(3).fill('unavailable'));
  expect(await run('    return "there is room"')).toMatchObject({ output: 'there is room' });
});

test('a key that a Python module misses is told as what it is', async () => {
  expect(await run('    return step.context["amount"]')).toMatchObject({
    error: { code: 'MODULE_FAILED', message: "KeyError: 'amount'", errorType: 'KeyError' },
  });
});

test('what a step asks for at once is read a few at a time', async () => {
  const store = contents.forOrganization('acme');
  const { ref } = await store.write(Buffer.from('page'), { contentType: 'text/plain' });
  let [now, most] = [0, 0];
  const openRead: typeof store.openRead = async (...args) => {
    most = Math.max(most, ++now);
    return (await store.openRead(...args)).once('close', () => now--);
  };
  const counted = { ...contents, forOrganization: () => ({ ...store, openRead }) };
  const file = join(folder, 'asks-much.sh');
  await writeFile(
    file,
    `tell() { printf '%s %s\\n' "$GANTRY_TOKEN" "$1"; }
    read -r order
    i=0; while [ $i -lt 50 ]; do tell '{"kind":"ask","id":'$i',"what":"read-content","ref":"${ref}"}'; i=$((i+1)); done
    while [ $i -gt 0 ]; do read -r answer; case "$answer" in *path*) i=$((i-1));; esac; done
    tell '{"kind":"succeeded","output":"all read"}'`,
  );
  const runner = new ProcessRunner({ contents: counted, maxIdle: 0, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
  const own = new StepEngine({ runners: { process: runner }, slots: 1, logger: { info() {}, warn() {} } });
  const about = { moduleRuntimeRef: 'gantry/default', options: [], command: ['sh', file] };
  const module = { kind: 'process', ...about } as const;
  expect(await own.run({ module, request: step('test/asks'), fresh: false })).toMatchObject({ output: 'all read' });
  await own.close();
  expect(most).toBeLessThan(20);
});

test('what a step asks and does not wait for is not answered to the step after it', async () => {
  const file = join(folder, 'asks.sh');
  await writeFile(
    file,
    `tell() { printf '%s %s\\n' "$GANTRY_TOKEN" "$1"; }
    read -r order; tell '{"kind":"ask","id":1,"what":"secret","name":"SLOW"}'; tell '{"kind":"succeeded"}'; tell '{"kind":"ready"}'
    read -r order; tell '{"kind":"progress","done":1}'; tell '{"kind":"ask","id":1,"what":"secret","name":"QUICK"}'
    read -r answer; tell '{"kind":"succeeded","output":'"$answer"'}'`,
  );
  const slow = Promise.withResolvers<string>();
  const runner = new ProcessRunner({ contents, maxIdle: 1, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
  const secrets = (name: string) => (name === 'SLOW' ? slow.promise : setImmediate('quick'));
  const own = new StepEngine({ runners: { process: runner }, slots: 1, secrets, logger: { info() {}, warn() {} } });
  const about = { moduleRuntimeRef: 'gantry/default', options: [], command: ['sh', file] };
  const asks = (limits: RunLimits = {}) =>
    own.run({ module: { kind: 'process', ...about }, request: step('test/asks'), fresh: false }, limits);
  expect(await asks()).toMatchObject({ outcome: 'succeeded' });
  const second = asks({ onProgress: () => slow.resolve('slow') });
  expect(await second).toMatchObject({ output: { value: '***' } });
  await own.close();
});

test('a program serves one step after another, unless a step left something running', async () => {
  const file = join(folder, 'lasting.py');
  await writeFile(
    file,
    `
import os, sys, threading, time
sys.path.insert(0, ${JSON.stringify(SDK)})
from gantry_sdk import define_module, run
@define_module("test/module")
def module(step):
    if step.options["leave"]: threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
    return os.getpid()
run(module)
`,
  );
  const pids: unknown[] = [];
  for (const leave of [false, false, true, false]) {
    const result = await runProgram(['python3', file], { options: { leave } });
    pids.push(result.outcome === 'succeeded' ? result.output : result);
  }
  const [first, ...later] = pids;
  expect(later).toEqual([first, first, expect.any(Number)]);
  expect(later.at(-1)).not.toBe(first);
});

test('to stop or kill a step that has ended is to leave the next one in its program alone', async () => {
  const runner = new ProcessRunner({ contents, maxIdle: 1, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
  const file = join(folder, 'answering.sh');
  // Both in one write: it is ready for the next step when it has answered.
  const lines = String.raw`$GANTRY_TOKEN {\"kind\":\"succeeded\",\"output\":$$}\n$GANTRY_TOKEN {\"kind\":\"ready\"}\n`;
  await writeFile(file, `while read -r order; do printf "${lines}"; done`);
  const module = { kind: 'process' as const, moduleRuntimeRef: 'gantry/default', options: [], command: ['sh', file] };
  const run = () => {
    const request = step('test/module');
    const secrets = new StepSecrets(async () => undefined, request);
    return runner.run({ module, request, fresh: false, secrets }, () => {});
  };
  const outputOf = async ({ ended }: StepRun) => {
    const end = await ended;
    return end.outcome === 'succeeded' ? end.outputJson : end;
  };
  const first = run();
  const pid = await outputOf(first);
  await setImmediate();
  const second = run();
  first.stop({ outcome: 'aborted', error: { code: 'STEP_ABORTED', message: 'stopped' } });
  first.kill();
  expect(await outputOf(second)).toBe(pid);

  // It answers before it is killed, and is not taken again.
  const third = run();
  third.kill();
  await third.ended;
  expect(await outputOf(run())).toEqual(expect.stringMatching(/^\d+$/));
  await runner.close();
});

test('reads and writes content as files, and keeps what it wrote', async () => {
  const { ref } = await contents.forOrganization('acme').write(Buffer.from('hello'), { contentType: 'text/plain' });
  const written: unknown[] = [];
  const result = await run(
    `    return step.content.write(step.content.read(${JSON.stringify(ref)}) + b"!", content_type="text/plain")`,
    { onContent: (content) => written.push(content) },
  );
  const copy = result.outcome === 'succeeded' ? String(result.output) : JSON.stringify(result);
  expect(Buffer.from(await contents.forOrganization('acme').read(copy)).toString()).toBe('hello!');
  expect(written).toMatchObject([{ ref: copy, size: 6, contentType: 'text/plain' }]);
});

test('gives away no file that is not in its folder', async () => {
  const result = await run(
    `    return step.content._ask("write-content", path="/etc/hosts", contentType="text/plain", name=None)`,
  );
  expect(result).toMatchObject({ outcome: 'failed', error: { code: 'ARGUMENT_INVALID' } });
});

test('has secrets, and nobody sees them behind it', async () => {
  const entries: LogEntry[] = [];
  const result = await run(
    `
    key = step.secrets.get("KEY")
    print("key", key)
    if key != step.options["given"]: raise ModuleError("DIFFERS", key)
    return {"key": key, "encoded": base64.b64encode(b"x" + key.encode()).decode()}`.replace(
      'step.options["given"]',
      'key',
    ),
    { onLog: (entry) => entries.push(entry) },
  );
  expect(result).toMatchObject({ outcome: 'succeeded', output: { key: '***' } });
  expect(JSON.stringify(result)).not.toContain(Buffer.from('hunter2').toString('base64').slice(1, 8));
  expect(entries).toMatchObject([{ message: 'key ***' }]);
});

test('is told which options its module does not take, and gets defaults', async () => {
  expect(await run(`    return step.options`)).toMatchObject({ output: { pages: 2 } });
  expect(await run(`    return step.options`, { options: { pages: 'two' } })).toMatchObject({
    error: { code: 'MODULE_OPTIONS_INVALID', validationErrors: [{ option: 'pages', message: 'expected integer' }] },
  });
});

test('logs what it and its children print, and takes none of it for an answer', async () => {
  const entries: LogEntry[] = [];
  const result = await run(
    `
    print('{"kind":"succeeded","output":"printed"}')
    subprocess.run(["sh", "-c", 'echo {\\'"kind":"succeeded"\\'}; env; cat'], check=True)
    return "real"`,
    { onLog: (entry) => entries.push(entry) },
  );
  expect(result).toMatchObject({ outcome: 'succeeded', output: 'real' });
  const printed = entries.map(({ message }) => message).join('\n');
  expect(printed).toContain('"output":"printed"');
  expect(printed).toContain('{"kind":"succeeded"}');
  expect(printed).not.toContain('GANTRY_TOKEN');
});

/** However busy the machine is, a program has had its third step by then. */
const MOST_STEPS = 100;

test('a line on standard error just before the answer belongs to the step, and not to the next one', async () => {
  const file = join(folder, 'warns.sh');
  await writeFile(
    file,
    `tell() { printf '%s %s\\n' "$GANTRY_TOKEN" "$1"; }
    step=0
    while read -r order; do
      step=$((step+1)); echo "begun $step"; echo "warning $step" >&2; tell '{"kind":"succeeded","output":'$$'}'; tell '{"kind":"ready"}'
    done`,
  );
  const ofSteps: string[][] = [];
  // A program that is not ready yet is not waited for: another one may take the next step.
  while (!ofSteps.flat().includes('begun 3') && ofSteps.length < MOST_STEPS) {
    const told: string[] = [];
    ofSteps.push(told);
    await runProgram(['sh', file], { onLog: ({ message }) => told.push(message) });
  }
  expect(ofSteps.flat()).toContain('begun 3');
  for (const told of ofSteps) {
    const step = told.find((line) => line.startsWith('begun '))?.slice('begun '.length);
    expect(told.toSorted()).toEqual([`begun ${step}`, `warning ${step}`]);
  }
});

test('an output of more values than a worker could read in time is refused, and the next step goes on', async () => {
  const file = join(folder, 'many.sh');
  await writeFile(
    file,
    `tell() { printf '%s %s\\n' "$GANTRY_TOKEN" "$1"; }
    while read -r order; do
      case "$order" in *'"many":true'*) output="[$(yes 1 | head -n 2000001 | tr '\\n' ',')1]";; *) output='"few"';; esac
      tell "{\\"kind\\":\\"succeeded\\",\\"output\\":$output}"; tell '{"kind":"ready"}'
    done`,
  );
  expect(await runProgram(['sh', file], { options: { many: true } })).toMatchObject({
    outcome: 'failed',
    error: { code: 'OUTPUT_TOO_LARGE', message: expect.stringContaining('2000000 values') },
  });
  expect(await runProgram(['sh', file])).toMatchObject({ outcome: 'succeeded', output: 'few' });
});

test('a program that goes on printing after its step is ended, and prints into no other one', async () => {
  const file = join(folder, 'prints-on.sh');
  await writeFile(
    file,
    `tell() { printf '%s %s\\n' "$GANTRY_TOKEN" "$1"; }
    read -r order; tell '{"kind":"succeeded","output":'$$'}'; tell '{"kind":"ready"}'
    while :; do echo "a line that comes again and again"; done`,
  );
  const runner = new ProcessRunner({ contents, maxIdle: 1, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
  const own = new StepEngine({ runners: { process: runner }, slots: 1, logger: { info() {}, warn() {} } });
  const about = { moduleRuntimeRef: 'gantry/default', options: [], command: ['sh', file] };
  const module = { kind: 'process', ...about } as const;
  const result = await own.run({ module, request: step('test/module'), fresh: false });
  const pid = result.outcome === 'succeeded' ? Number(result.output) : 0;
  expect(pid).toBeGreaterThan(0);
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 20_000);
  await own.close();
});

test('is bounded in memory, and in CPU', async () => {
  expect(await run(`    return len(bytearray(300_000_000))`)).toMatchObject({
    outcome: 'failed',
    error: { errorType: 'MemoryError' },
  });
  expect(await run(`    while True: pass`)).toMatchObject({
    outcome: 'crashed',
    error: { code: 'MODULE_OUT_OF_TIME' },
  });
});

test('takes what it started with it when it is stopped', async () => {
  const file = join(folder, 'child-pid');
  const cancel = new AbortController();
  const result = run(
    `
    child = subprocess.Popen(["sleep", "3600"])
    open(${JSON.stringify(file)}, "w").write(str(child.pid))
    step.progress(1)
    child.wait()`,
    { signal: cancel.signal, onProgress: () => cancel.abort() },
  );
  expect(await result).toMatchObject({ outcome: 'aborted' });
  const pid = Number(await readFile(file, 'utf8'));
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow());
});

test('says why a program did not start, or ended without an answer', async () => {
  expect(await runProgram(['/no/such/program'])).toMatchObject({
    outcome: 'failed',
    error: { code: 'MODULE_NOT_LOADED', message: expect.stringContaining('/no/such/program') },
  });
  expect(await runProgram(['sh', '-c', 'echo no licence >&2; exit 7'])).toMatchObject({
    outcome: 'crashed',
    error: { code: 'MODULE_CRASHED', message: 'The program exited with code 7 without an answer: no licence' },
  });
  expect(await runProgram(['true'])).toMatchObject({
    outcome: 'crashed',
    error: { code: 'MODULE_CRASHED', advice: expect.stringContaining('the file ends with `run(module)`') },
  });
});
