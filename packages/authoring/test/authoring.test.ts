import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModuleFolder } from '../src/module-folder.ts';
import { newModule, type TemplateName } from '../src/new-module.ts';
import { packModule } from '../src/publication.ts';
import { describeModuleIn, runOnce } from '../src/run-once.ts';
import { testModule } from '../src/test-module.ts';

const said: string[] = [];
const surroundings = { env: process.env, say: (line: string) => void said.push(line) };

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'gantry-authoring-'));
});
afterAll(() => rm(place, { recursive: true }));

test.each<TemplateName>(['node', 'python', 'script', 'http'])(
  'a new %s module runs, and its tests pass and fail',
  async (template) => {
    const folder = join(place, template);
    await newModule('acme/counter', template, folder);
    const module = await readModuleFolder(folder);
    const logged: string[] = [];
    const onLog = ({ message }: { message: string }) => void logged.push(message);
    const given = { input: 'one two three', ...surroundings, onLog };
    expect(await runOnce(module, given)).toMatchObject({ outcome: 'succeeded', output: { words: 3 } });
    expect(logged).toEqual(['Counted']);
    expect(await runOnce(module, { ...given, options: { least: 4 } })).toMatchObject({
      outcome: 'failed',
      error: { code: 'TOO_FEW_WORDS' },
    });
    expect(await testModule(module, surroundings)).toBe(true);
    await expect(newModule('acme/counter', template, folder)).rejects.toThrow('something in it already');
  },
);

test('a file is the document, and secrets come from the environment', async () => {
  const folder = join(place, 'reads');
  await newModule('acme/reads', 'script', folder);
  const script = `return [await content.read(contentObject.contentRef), documentFamily.path, (await secrets.get('K')).length];`;
  await writeFile(join(folder, 'script.js'), script);
  await writeFile(join(place, 'letter.txt'), 'hello');
  const given = { ...surroundings, file: join(place, 'letter.txt'), env: { GANTRY_SECRET_K: 'secret' } };
  expect(await runOnce(await readModuleFolder(folder), given)).toMatchObject({ output: ['hello', 'letter.txt', 6] });
  expect(await testModule(await readModuleFolder(folder), surroundings)).toBe(false);
});

test('what ships with Gantry runs as well', async () => {
  await writeFile(join(place, 'total.txt'), 'Invoice 7');
  const given = { ...surroundings, file: join(place, 'total.txt') };
  expect(await runOnce('gantry/office-parser', given)).toMatchObject({ output: { format: 'txt', text: 'Invoice 7' } });
});

test('a script that cannot be read is not published', async () => {
  const folder = join(place, 'unreadable');
  await newModule('acme/unreadable', 'script', folder);
  await writeFile(join(folder, 'script.js'), 'const total = 1;\nreturn {{ total };');
  await expect(packModule(await readModuleFolder(folder), undefined)).rejects.toThrow(
    /unreadable: its script cannot be read: SyntaxError: .+ \(line 2, column \d+\)/,
  );
  await writeFile(join(folder, 'script.js'), 'await clock.sleep(1); throw new Error("it ran");');
  await using publication = await packModule(await readModuleFolder(folder), undefined);
  expect(publication.ref).toBe('acme/unreadable');
});

test('says that a module takes too long to be imported', async () => {
  const folder = join(place, 'endless');
  await newModule('acme/endless', 'node', folder);
  await writeFile(join(folder, 'index.ts'), 'await new Promise((resolve) => setTimeout(resolve, 1e9));');
  await expect(describeModuleIn(folder, 50)).rejects.toThrow('index.ts: importing it takes longer than 50 ms');
});

test('says what is wrong with a folder', async () => {
  await expect(readModuleFolder(join(place, 'nowhere'))).rejects.toThrow('nowhere');
  await expect(newModule('acme', 'node', join(place, 'x'))).rejects.toThrow('acme: expected organization/slug');
  await newModule('acme/broken', 'node', join(place, 'broken'));
  await writeFile(join(place, 'broken/index.ts'), 'const = 1;');
  await expect(runOnce(await readModuleFolder(join(place, 'broken')), surroundings)).rejects.toThrow(
    /broken\/index\.ts.*Unexpected/,
  );
  await newModule('acme/odd', 'script', join(place, 'odd'));
  await writeFile(join(place, 'odd/gantry.json'), '{"ref": "odd", "kind": "script", "script": "script.js"}');
  await expect(readModuleFolder(join(place, 'odd'))).rejects.toThrow('ref: expected organization/slug');
});
