import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { afterAll } from 'vitest';
import { ProcessRunner } from '../src/process-runner.ts';
import type { StepTask } from '../src/step-runner.ts';
import { step } from './runtime-fixture.ts';
import { type Behaviour, stepRunnerConformance } from './step-runner-conformance.ts';

const SDK = resolve(import.meta.dirname, '../../module-sdk/python');

/** The body of each module, in Python with the SDK. */
const PYTHON: Record<Behaviour, string | null> = {
  succeeds: `return {"hello": "world"}`,
  fails: `raise ModuleError("PAGE_MISSING", "page 7 is missing")`,
  'heeds-stop': `step.progress(1); step.clock.sleep(3600)`,
  'ignores-stop': `
        step.progress(1)
        while True: pass`,
  crashes: `os._exit(3)`,
  'crashes-from-afar': `
        print(subprocess.Popen(["sleep", "3600"], start_new_session=True).pid, flush=True)
        os._exit(3)`,
  'gives-too-much': `return "x" * 600_000`,
  'gives-too-deep': null,
  'floods-the-log': `
        for i in range(5000): print("entry", i)`,
  'floods-progress': `
        for i in range(5000): step.progress(i)`,
  'leaves-an-error': `
        def later():
            time.sleep(0.005)
            raise RuntimeError("left behind")
        threading.Thread(target=later).start()`,
  'keeps-a-checkpoint': `
        if step.checkpoint: return step.checkpoint
        for page in (1, 2): step.keep_checkpoint({"page": page})
        raise RuntimeError("lost")`,
  'emits-nonsense': `step.emit({"taskId": "t1"})`,
  'tells-a-secret': `
        token = step.secrets.get("TOKEN")
        assert token == step.options["token"]
        for told in (token, token[:10], token[10:]): step.logger.info(told)
        print(base64.b64encode(("me:" + token).encode()).decode())
        return "it is " + token`,
};

/** The same without any SDK: a shell that reads lines and answers with lines. */
const SHELL: Record<Behaviour, string | null> = {
  succeeds: `tell '{"kind":"succeeded","output":{"hello":"world"}}'; tell '{"kind":"ready"}'`,
  fails: `tell '{"kind":"failed","error":{"code":"PAGE_MISSING","message":"page 7 is missing"}}'`,
  'heeds-stop': `tell '{"kind":"progress","done":1}'; sleep 3600`,
  'ignores-stop': `trap '' TERM; tell '{"kind":"progress","done":1}'; while true; do :; done`,
  crashes: `echo 'going down' >&2; exit 3`,
  'crashes-from-afar': null,
  'gives-too-much': `tell "{\\"kind\\":\\"succeeded\\",\\"output\\":\\"$(head -c 600000 /dev/zero | tr '\\0' x)\\"}"`,
  'gives-too-deep': `
    deep=$(head -c 20000 /dev/zero | tr '\\0' '[')$(head -c 20000 /dev/zero | tr '\\0' ']')
    tell "{\\"kind\\":\\"succeeded\\",\\"output\\":$deep}"`,
  'floods-the-log': `i=0; while [ $i -lt 5000 ]; do echo "entry $i"; i=$((i+1)); done; tell '{"kind":"succeeded"}'`,
  'floods-progress': `i=0; while [ $i -lt 5000 ]; do tell "{\\"kind\\":\\"progress\\",\\"done\\":$i}"; i=$((i+1)); done; tell '{"kind":"succeeded"}'`,
  'leaves-an-error': `tell '{"kind":"succeeded"}'; exit 1`,
  'keeps-a-checkpoint': `
    case "$order" in *'"checkpoint":{"page":2}'*) tell '{"kind":"succeeded","output":{"page":2}}';; esac
    for page in 1 2; do tell "{\\"kind\\":\\"checkpoint\\",\\"checkpoint\\":{\\"page\\":$page}}"; done
    tell '{"kind":"failed"}'`,
  'emits-nonsense': `tell '{"kind":"event","event":{"taskId":"t1"}}'; tell '{"kind":"succeeded"}'`,
  'tells-a-secret': `
    token=$(echo "$order" | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
    echo "$token"; echo "\${token:0:10}"; echo "\${token:10}"; printf 'me:%s' "$token" | base64
    tell "{\\"kind\\":\\"succeeded\\",\\"output\\":\\"it is $token\\"}"`,
};

const folder = mkdtempSync(join(tmpdir(), 'gantry-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

for (const [name, body] of Object.entries(PYTHON)) {
  if (body === null) continue;
  writeFileSync(
    join(folder, `${name}.py`),
    `
import base64, os, subprocess, sys, threading, time
sys.path.insert(0, ${JSON.stringify(SDK)})
from gantry_sdk import ModuleError, define_module, run
@define_module("test/${name}")
def module(step):
        ${body}
run(module)
`,
  );
}
for (const [name, body] of Object.entries(SHELL)) {
  if (body === null) continue;
  const text = `tell() { printf '%s %s\\n' "$GANTRY_TOKEN" "$1"; }\nwhile read -r order; do\n${body}\ndone\n`;
  writeFileSync(join(folder, `${name}.sh`), text);
}

for (const [name, program, ending, bodies] of [
  ['process (Python)', 'python3', 'py', PYTHON],
  ['process (a shell)', 'bash', 'sh', SHELL],
] as const) {
  stepRunnerConformance(name, {
    runners: () => ({
      process: new ProcessRunner({
        contents: createFolderContentStore(join(folder, 'content')),
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', PYTHONDONTWRITEBYTECODE: '1' },
        maxIdle: 2,
      }),
    }),
    task: (behaviour) => {
      if (bodies[behaviour] === null) return null;
      const command = [program, join(folder, `${behaviour}.${ending}`)];
      const module: StepTask<'process'>['module'] = {
        kind: 'process',
        moduleRuntimeRef: 'gantry/default',
        options: [],
        command,
      };
      return { module, request: step(`test/${behaviour}`), fresh: false };
    },
  });
}
