import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/*
 * Makes the package of the SDK that authors install: JavaScript and declarations, with what it uses of the project inside.
 * npm pack takes it from the folder that this prints.
 */

const root = resolve(import.meta.dirname, '..');
const sdk = join(root, 'packages/module-sdk');
const out = resolve(process.argv[2] ?? join(sdk, 'dist'));

rmSync(out, { recursive: true, force: true });
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(sdk, 'tsconfig.package.json'), '--outDir', out], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(?:js|d\.ts)$/.test(name)) continue;
  const file = join(out, name);
  writeFileSync(file, withOwnCopies(readFileSync(file, 'utf8'), dirname(file)));
}
cpSync(join(sdk, 'README.md'), join(out, 'README.md'));
cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
cpSync(join(sdk, 'python'), join(out, 'python'), { recursive: true, filter: (path) => !/__pycache__/.test(path) });

const { name, version, description, license, dependencies } = JSON.parse(
  readFileSync(join(sdk, 'package.json'), 'utf8'),
);
const place = (file: string) => ({
  types: `./module-sdk/src/${file}.d.ts`,
  default: `./module-sdk/src/${file}.js`,
});
const manifest = {
  name,
  version,
  description,
  license,
  type: 'module',
  engines: { node: '>=22' },
  exports: { '.': place('module-sdk'), './*': place('*') },
  dependencies: { zod: `^${dependencies.zod}` },
};
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(out);

/** Imports of other packages of the project become imports of their copies. */
function withOwnCopies(code: string, folder: string): string {
  return code.replaceAll(/(['"])@gantry\/(domain|contracts)\/([\w/-]+)\1/g, (_all, quote, part, file) => {
    const path = relative(folder, join(out, part, 'src', `${file}.js`));
    return `${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
  });
}
