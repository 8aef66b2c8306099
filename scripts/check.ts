// `npm run check`: every static check, as many at a time as the machine has cores. What one writes comes in one piece when
// it ends, and one that fails does not keep the others from being heard.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Scripts of the root's package.json, what takes longest first. */
const CHECKS = ['types', 'types:console', 'format', 'boundaries', 'unused', 'docs'];

const waiting = CHECKS.values();
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (const check of waiting) if (!(await passes(`check:${check}`))) process.exitCode = 1;
  }),
);

function passes(script: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('npm', ['run', '--silent', script], { maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout, stderr) => {
      console.log(`${script}: ${error === null ? 'passed' : 'failed'}\n${stdout}${stderr}`);
      resolve(error === null);
    });
  });
}
