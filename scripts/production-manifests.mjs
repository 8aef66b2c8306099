// For the Dockerfile: copies the manifests of all workspaces and the lock file into a folder, without devDependencies.
// `npm ci --omit=dev --workspace=...` alone would install them all: for npm the testkit is a package like any other.
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Usage: node scripts/production-manifests.mjs <folder>');

const { devDependencies: _, ...root } = JSON.parse(await readFile('package.json', 'utf8'));
const manifests = root.workspaces.map((folder) => `${folder}/package.json`);
await write('package.json', root);
for await (const file of glob(manifests)) {
  const { devDependencies: _, ...manifest } = JSON.parse(await readFile(file, 'utf8'));
  await write(file, manifest);
}
const lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
for (const entry of Object.values(lock.packages)) delete entry.devDependencies;
await write('package-lock.json', lock);

async function write(file, content) {
  const path = join(target, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(content));
}
