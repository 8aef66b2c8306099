import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const DIST = resolve(import.meta.dirname, '../dist');
const FIRST_VIEW_BYTES = 250_000;

/** What a script imports at once; what it imports when it is needed is not part of its own cost. */
const STATIC_IMPORTS = /(?:from|import)"\.\/([\w-]+\.js)"/g;

test.each(['overview', 'executions'])(
  'a first view, of the %s, is at most 250 KB of script, compressed',
  async (view) => {
    const page = await readFile(resolve(DIST, 'index.html'), 'utf8');
    const viewed = new RegExp(`"assets/(${view}-page-[\\w-]+\\.js)"|\\./(${view}-page-[\\w-]+\\.js)`);
    const entry = /assets\/([\w-]+\.js)/.exec(page)?.[1] ?? '';
    const found = viewed.exec(await readFile(resolve(DIST, 'assets', entry), 'utf8'));
    const wanted = [entry, found?.[1] ?? found?.[2] ?? ''];
    const bytes = new Map<string, number>();
    for (const file of wanted) {
      const script = await readFile(resolve(DIST, 'assets', file), 'utf8');
      bytes.set(file, gzipSync(script).length);
      wanted.push(
        ...[...script.matchAll(STATIC_IMPORTS)].map(([, name = '']) => name).filter((name) => !wanted.includes(name)),
      );
    }
    expect(bytes.size).toBeGreaterThan(1);
    expect([...bytes.values()].reduce((sum, each) => sum + each, 0)).toBeLessThan(FIRST_VIEW_BYTES);
  },
);
