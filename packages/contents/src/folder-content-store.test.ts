import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { contentStoreConformance } from '../test/content-store-conformance.ts';
import { createFolderContentStore } from './folder-content-store.ts';

async function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gantry-content-'));
}

contentStoreConformance('a folder', async () => {
  const folder = await newFolder();
  return {
    store: createFolderContentStore(folder, 1_000),
    kept: async () => (await filesIn(folder)).length,
    damage: async (ref) => {
      const id = ref.slice(ref.lastIndexOf('/') + 1);
      await writeFile(join(folder, 'acme', id.slice(0, 2), id), 'jello');
    },
    close: () => rm(folder, { recursive: true }),
  };
});

test('sweeps what killed writers left, not what is being written now', async () => {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = createFolderContentStore(folder);
  await store.sweepUnfinished(0);
  const left = join(folder, '.writing', 'left');
  const fresh = join(folder, '.writing', 'fresh');
  await writeFile(left, 'x');
  await writeFile(fresh, 'x');
  await utimes(left, new Date(0), new Date(0));
  await store.sweepUnfinished(60_000);
  expect(await filesIn(folder)).toEqual([fresh]);
  expect(await readFile(fresh, 'utf8')).toBe('x');
});

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
