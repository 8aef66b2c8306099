import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'gantry-sdk-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string, args: string[], cwd = folder): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

test('installs into an empty folder and runs the test of a module there, with plain Node', () => {
  const built = join(folder, 'built');
  run(process.execPath, [join(root, 'scripts/package.ts'), join(root, 'packages/module-sdk'), built]);
  const [packed] = JSON.parse(run('npm', ['pack', built, '--json', '--pack-destination', folder]));
  const { dependencies } = JSON.parse(readFileSync(join(built, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(['zod']);

  const author = join(folder, 'author');
  cpSync(join(root, 'node_modules/zod'), join(folder, 'zod'), { recursive: true });
  run('mkdir', [author]);
  writeFileSync(join(author, 'package.json'), '{ "type": "module" }');
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '../zod', join(folder, packed.filename)], author);
  // The two files that the README of the package shows.
  const [module = '', itsTest = ''] = [
    ...readFileSync(join(built, 'README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs),
  ].map(([, code]) => code);
  writeFileSync(join(author, 'word-count.ts'), module);
  writeFileSync(join(author, 'word-count.test.ts'), itsTest);
  const told = run(process.execPath, ['--test', '--test-reporter=tap', 'word-count.test.ts'], author);
  expect(told).toContain('# pass 1');
});
