import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

/*
 * node scripts/package.ts FOLDER [OUT]: makes the package that others install of one of this project (module-sdk, client):
 * JavaScript and declarations, with what it uses of the project inside. npm pack takes it from the folder that this prints.
 */

const root = resolve(import.meta.dirname, '..');
const source = resolve(process.argv[2] ?? '.');
const out = resolve(process.argv[3] ?? join(source, 'dist'));

rmSync(out, { recursive: true, force: true });
const project = join(source, 'tsconfig.package.json');
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', project, '--outDir', out], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(?:js|d\.ts)$/.test(name)) continue;
  const file = join(out, name);
  writeFileSync(file, withOwnCopies(readFileSync(file, 'utf8'), dirname(file)));
}
cpSync(join(source, 'README.md'), join(out, 'README.md'));
cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
const python = join(source, 'python');
if (existsSync(python)) {
  cpSync(python, join(out, 'python'), { recursive: true, filter: (path) => !/__pycache__/.test(path) });
}

const { name, version, description, license } = readJson(join(source, 'package.json'));
const { dependencies } = readJson(join(root, 'packages/contracts/package.json'));
const { files } = readJson(project);
const folder = basename(source);
const place = (file: string) => ({
  types: `./${folder}/src/${file}.d.ts`,
  default: `./${folder}/src/${file}.js`,
});
const manifest = {
  name,
  version,
  description,
  license,
  type: 'module',
  engines: { node: '>=22' },
  exports: { '.': place(basename(files[0], '.ts')), './*': place('*') },
  dependencies: { zod: `^${dependencies.zod}` },
};
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(out);

function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Imports of other packages of the project become imports of their copies. */
function withOwnCopies(code: string, folder: string): string {
  return code.replaceAll(/(['"])@gantry\/(domain|contracts)\/([\w/-]+)\1/g, (_all, quote, part, file) => {
    const path = relative(folder, join(out, part, 'src', `${file}.js`));
    return `${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
  });
}
