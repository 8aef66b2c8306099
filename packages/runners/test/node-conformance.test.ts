import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { afterAll } from 'vitest';
import { NodeRunner } from '../src/node-runner.ts';
import { NODE } from './node-engine.ts';
import { step } from './runtime-fixture.ts';
import { type Behaviour, stepRunnerConformance } from './step-runner-conformance.ts';

/** The body of `infer` of each module. */
const BODIES: Record<Behaviour, string> = {
  succeeds: `return { hello: 'world' };`,
  fails: `throw new ModuleError('PAGE_MISSING', 'page 7 is missing');`,
  'heeds-stop': `input.progress(1); await new Promise((_, reject) => input.signal.addEventListener('abort', reject)); `,
  'ignores-stop': `input.progress(1); await new Promise(setImmediate); while (true);`,
  crashes: `process.exit(1);`,
  'crashes-from-afar': `
    const { pid } = spawn('sleep', ['3600'], { detached: true, stdio: 'inherit' });
    input.logger.info(String(pid));
    process.exit(1);`,
  'gives-too-much': `return 'x'.repeat(600_000);`,
  'gives-too-deep': `let deep = []; for (let i = 0; i < 20_000; i++) deep = [deep]; return deep;`,
  'floods-the-log': `for (let i = 0; i < 5_000; i++) input.logger.info('entry ' + i);`,
  'floods-progress': `for (let i = 0; i < 5_000; i++) input.progress(i);`,
  'leaves-an-error': `setTimeout(() => { throw new Error('left behind'); }, 5);`,
  'keeps-a-checkpoint': `
    if (input.checkpoint) return input.checkpoint;
    const kept = { page: 1 };
    input.keepCheckpoint(kept);
    kept.page = 2;
    input.keepCheckpoint(kept);
    throw new Error('lost');`,
  'emits-nonsense': `input.emit({ taskId: 't1' });`,
  'tells-a-secret': `
    const token = await input.secrets.get('TOKEN');
    if (token !== input.options.token) throw new Error('another one');
    for (const told of [token, token.slice(0, 10), token.slice(10)]) input.logger.info(told);
    console.log(Buffer.from('me:' + token).toString('base64'));
    return 'it is ' + token;`,
};

const folder = mkdtempSync(join(tmpdir(), 'gantry-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The modules above in a folder of their own. */
function conformance(kind: string, about: string): void {
  const own = join(folder, kind);
  mkdirSync(own);
  for (const [name, body] of Object.entries(BODIES)) {
    const text = `
    import { spawn } from 'node:child_process';
    import { ModuleError } from '@gantry/module-sdk/module-error';
    export default { ref: 'test/${name}', ${about} async infer(input) { void ModuleError; void spawn; ${body} } };`;
    writeFileSync(join(own, `${name}.mjs`), text);
  }
  stepRunnerConformance(kind, {
    runners: () => ({
      node: new NodeRunner({
        modulesDirs: [own],
        contents: createFolderContentStore(join(folder, 'content')),
        maxIdle: 2,
        logger: { info: () => {}, warn: () => {} },
      }),
    }),
    task: (behaviour) => ({ module: NODE, request: step(`test/${behaviour}`), fresh: false }),
  });
}

conformance('node', '');
conformance('non-blocking node', 'nonBlocking: true,');
