import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cells, openTerminal } from './cli-fixture.ts';
import { runGantry } from './run-gantry.ts';

const terminal = openTerminal();

test('an assistant is switched off and on, and deleted, by its slug; it says its version, and how all is doing', async () => {
  await terminal.system.assistant('Short lived', [{ ref: 'module://gantry/noop' }], { subscription: 'NEVER' });
  const act = (verb: string) => terminal.gantry('assistants', verb, 'short-lived', '--project', 'tests');
  expect((await act('deactivate')).stdout).toBe('Short lived is not active\n');
  expect((await act('activate')).stdout).toBe('Short lived is active\n');
  expect((await act('delete')).code).toBe(0);
  expect(await act('delete')).toMatchObject({ code: 1, stderr: expect.stringContaining('ASSISTANT_NOT_FOUND') });
  const store = await terminal.gantry('stores', 'create', 'Letters', '--project', 'tests');
  expect(store).toMatchObject({ code: 0, stdout: expect.stringContaining('/letters:1.0.0') });
  expect((await terminal.gantry('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await terminal.gantry('overview')).stdout).toMatch(/^executions +\d+\n/);
  expect((await terminal.gantry('runtimes')).stdout).toMatch(/^RUNTIME +WORKERS[^\n]+\ngantry\/default +1 /);
});

test('assistants are applied from YAML, twice', async () => {
  const definition = (description: string) => `
name: Reader
slug: reader
project: tests
description: ${description}
subscription: CONTENT_CREATED
options:
  pipeline:
    steps:
      - ref: module://gantry/noop
---
name: Second
project: tests
subscription: NEVER_SENT
`;
  const path = await terminal.file('assistants.yaml', definition('first'));
  const outcomes = async () =>
    (await terminal.gantry('assistants', 'apply', '-f', path)).stdout
      .trim()
      .split('\n')
      .map((line) => cells(line)[0]);
  expect(await outcomes()).toEqual(['OUTCOME', 'created', 'created']);
  await terminal.file('assistants.yaml', definition('second'));
  expect(await outcomes()).toEqual(['OUTCOME', 'updated', 'updated']);
  const list = await terminal.json<{ content: object[] }>(
    'assistants',
    'list',
    '--project',
    'tests',
    '--query',
    'reader',
  );
  expect(list.content).toMatchObject([{ slug: 'reader', description: 'second', active: true }]);

  const without = await terminal.file('without.yaml', 'name: Nowhere\n');
  expect(await terminal.gantry('assistants', 'apply', '-f', without)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--project'),
  });
  const bad = await terminal.file('bad.yaml', 'name: Bad\nproject: tests\nsubscription: "type =="\n');
  expect(await terminal.gantry('assistants', 'apply', '-f', bad)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('subscription'),
  });
});

test('a document is uploaded and reprocessed', async () => {
  const letter = await terminal.file('letter.txt', 'Dear all');
  await terminal.system.assistant('Post', [{ ref: 'gantry/noop' }], { subscription: 'CONTENT_CREATED' });
  const family = await terminal.json<{ id: string }>(
    'stores',
    'upload',
    letter,
    '--store',
    'local/post:1.0.0',
    '--project',
    'tests',
    '-l',
    'in',
  );
  expect(family).toMatchObject({ path: 'letter.txt', labels: ['in'] });
  const list = await terminal.json<{ content: object[] }>('stores', 'list');
  expect(list.content).toContainEqual(expect.objectContaining({ storeRef: 'local/post:1.0.0' }));
  const again = await terminal.gantry('reprocess', family.id, '--wait');
  expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/SUCCEEDED +7 +Post/)]);
});

test('modules, projects and keys', async () => {
  const path = await terminal.file('module.yaml', 'slug: stapler\nname: Stapler\nmetadata: { timeoutSeconds: 5 }\n');
  expect((await terminal.gantry('modules', 'apply', '-f', path)).stdout).toContain('created  module://local/stapler');
  expect((await terminal.gantry('modules', 'list', '-q', 'stapler')).stdout).toContain('Stapler');
  await terminal.gantry('projects', 'create', 'Side project', '--slug', 'side');
  expect((await terminal.gantry('projects', 'list')).stdout).toMatch(/side +Side project/);

  const { stdout } = await terminal.gantry('keys', 'create', 'reader', '--scope', 'executions:read');
  const reader = ['--url', terminal.system.system.apiUrl, '--api-key', stdout.trim()];
  expect(await runGantry(['executions', 'list', ...reader])).toMatchObject({ code: 0 });
  expect(await runGantry(['keys', 'list', ...reader])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('(FORBIDDEN)'),
  });
  const keys = await terminal.json<{ content: { id: string; name: string }[] }>('keys', 'list');
  const id = keys.content.find(({ name }) => name === 'reader')?.id ?? '';
  expect((await terminal.gantry('keys', 'revoke', id)).stdout).toBe(`${id} is revoked\n`);
});

test('secrets are kept from standard input, listed without their values, and removed', async () => {
  const where = ['--url', terminal.system.system.apiUrl, '--api-key', terminal.system.system.apiKey];
  const set = await runGantry(['secrets', 'set', 'CRM_TOKEN', ...where], { input: 'hunter2-hunter2\n' });
  expect(set).toMatchObject({ code: 0, stdout: 'CRM_TOKEN is kept\n' });
  const { stdout } = await terminal.gantry('secrets', 'list');
  expect(stdout).toContain('CRM_TOKEN');
  expect(stdout).not.toContain('hunter2');
  expect((await terminal.gantry('secrets', 'delete', 'CRM_TOKEN')).stdout).toBe('CRM_TOKEN is removed\n');
  expect(await terminal.gantry('secrets', 'set', 'EMPTY')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no value'),
  });
});

/** A command that talks to the Gantry of this machine. */
function locally(...args: string[]) {
  const env = { GANTRY_DATA_DIR: terminal.system.dataDir, PATH: process.env['PATH'] ?? '' };
  return runGantry(args, { env, cwd: terminal.folder });
}

/** Each command is a process that starts others. */
const PATIENCE_MS = 180_000;

test('a module is made, tested and run without any Gantry, and bad input named', { timeout: PATIENCE_MS }, async () => {
  const alone = (...args: string[]) =>
    runGantry(args, { env: { PATH: process.env['PATH'] ?? '' }, cwd: terminal.folder });
  expect(await alone('module', 'new', 'acme/alone', '--script')).toMatchObject({ code: 0 });
  expect(await alone('module', 'test', 'alone')).toMatchObject({ code: 0 });
  const ran = await alone('module', 'run', 'alone', '--input', '"two words"', '--json');
  expect([ran.code, JSON.parse(ran.stdout), ran.stderr]).toEqual([0, { words: 2 }, 'info  Counted {"words":2}\n']);
  expect(await alone('module', 'run', 'alone')).toMatchObject({ code: 3, stderr: 'failed TOO_FEW_WORDS: 0 words\n' });
  expect(await alone('module', 'run', 'alone', '--options', '[1]')).toMatchObject({
    code: 2,
    stderr: 'gantry: --options: expected a JSON object\n',
  });
  await writeFile(join(terminal.folder, 'alone/script.js'), 'const words = 1;\nreturn { words: ; };\n');
  expect(await alone('module', 'run', 'alone')).toMatchObject({
    code: 3,
    stderr: "failed MODULE_FAILED: unexpected token in expression: ';'\n  at script (script:2:17)\n",
  });
  expect(await alone('module', 'run', 'nowhere')).toMatchObject({ code: 2 });
  expect(await alone('module', 'new', 'alone')).toMatchObject({ code: 2 });
});

test('a module is run in the Gantry of this machine, with the code saved last', { timeout: PATIENCE_MS }, async () => {
  await locally('module', 'new', 'acme/developed');
  const dev = (input: string) =>
    locally('module', 'dev', 'developed', '--once', '--input', input, '--project', terminal.system.projectId);
  const ran = await dev('"two words"');
  expect(JSON.parse(ran.stdout)).toEqual({ words: 2 });
  expect(ran.stderr).toContain('info  Counted {"words":2}');
  const source = join(terminal.folder, 'developed/index.ts');
  await writeFile(
    source,
    (await readFile(source, 'utf8')).replace('return { words }', 'return { words, saved: true }'),
  );
  expect(JSON.parse((await dev('"three words here"')).stdout)).toEqual({ words: 3, saved: true });
  await writeFile(source, 'const = 1;');
  expect(await dev('""')).toMatchObject({ code: 2, stderr: expect.stringContaining('developed/index.ts') });
});

test.each([
  ['in TypeScript', [], 'index.ts', 'return { words }', 'return { words, saved: true }'],
  ['in Python', ['--python'], 'module.py', 'return {"words": words}', 'return {"words": words, "saved": True}'],
])(
  'a module %s is run in a Gantry elsewhere, in a version that is withdrawn',
  {
    timeout: PATIENCE_MS,
  },
  async (_what, flags, source, before, after) => {
    const name = `elsewhere${flags.length}`;
    await locally('module', 'new', `acme/${name}`, ...flags);
    const dev = () =>
      terminal.gantry('module', 'dev', name, '--once', '--input', '"a b"', '--project', terminal.system.projectId);
    const { stdout, stderr } = await dev();
    expect([stdout && JSON.parse(stdout), stderr]).toEqual([{ words: 2 }, expect.stringContaining('Counted')]);
    const file = join(terminal.folder, name, source);
    const code = await readFile(file, 'utf8');
    await writeFile(file, code.replace(before, after));
    expect(JSON.parse((await dev()).stdout)).toEqual({ words: 2, saved: true });
    const { content } = await terminal.system.client.modules.versions(`acme/${name}`);
    expect(content.map(({ version, latest }) => [version.replace(/\w+$/, ''), latest])).toEqual([
      ['0.0.0-dev.', false],
      ['0.0.0-dev.', false],
    ]);
  },
);

test.each([
  ['in TypeScript', [], 'index.ts'],
  ['as a script', ['--script'], 'script.js'],
])(
  'a published module %s is developed on without pipelines getting what is tried',
  { timeout: PATIENCE_MS },
  async (_what, flags, source) => {
    const name = `further${flags.length}`;
    await locally('module', 'new', `acme/${name}`, ...flags);
    await locally('module', 'publish', name);
    const file = join(terminal.folder, name, source);
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('return { words }', 'return { words: words, saved: true }'),
    );
    const { client, projectId } = terminal.system;
    const { stdout, stderr } = await locally(
      ...['module', 'dev', name, '--once', '--input', '"a b"', '--project', projectId],
    );
    expect([stdout && JSON.parse(stdout), stderr]).toEqual([
      { words: 2, saved: true },
      expect.stringContaining('Counted'),
    ]);
    const { content } = await client.modules.versions(`acme/${name}`);
    expect(content.filter(({ latest }) => latest)).toMatchObject([{ version: '1.0.0' }]);
  },
);

test('a published module runs on workers that have no file of it, each version as it was', {
  timeout: PATIENCE_MS,
}, async () => {
  await locally('module', 'new', 'acme/published');
  const publish = (...more: string[]) => locally('module', 'publish', 'published', ...more);
  const outcome = async (ref: string) => {
    const { client, projectId } = terminal.system;
    const steps = [{ ref: 'gantry/noop' }, { ref, options: { least: 0 } }];
    const { id } = await client.executions.create({ projectId, pipeline: { steps } });
    const { status, pipeline } = await client.executions.waitFor(id, { outputs: true, timeoutMs: PATIENCE_MS });
    return [status, pipeline.steps[1]?.output];
  };
  expect(await publish()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('published module://acme/published:1.0.0, the latest'),
  });
  expect(await outcome('acme/published')).toEqual(['SUCCEEDED', { words: 0 }]);

  const source = join(terminal.folder, 'published/index.ts');
  await writeFile(
    source,
    (await readFile(source, 'utf8')).replace('return { words }', 'return { words, second: true }'),
  );
  expect(await publish()).toMatchObject({ code: 1, stderr: expect.stringContaining('MODULE_VERSION_TAKEN') });
  expect(await publish('--as', '1.1.0')).toMatchObject({ code: 0, stderr: '' });
  expect(await outcome('acme/published')).toEqual(['SUCCEEDED', { words: 0, second: true }]);
  expect(await outcome('module://acme/published:1.0.0')).toEqual(['SUCCEEDED', { words: 0 }]);

  expect((await locally('module', 'withdraw', 'acme/published:1.1.0')).stdout).toBe('withdrew acme/published:1.1.0\n');
  expect(await outcome('acme/published')).toEqual(['SUCCEEDED', { words: 0 }]);
  const { stdout } = await locally('module', 'versions', 'acme/published');
  expect(
    stdout
      .split('\n')
      .slice(1, 3)
      .map((line) => [cells(line)[0], cells(line).at(-1)]),
  ).toEqual([
    ['1.1.0', 'withdrawn'],
    ['1.0.0', 'latest'],
  ]);
  await symlink('/etc', join(terminal.folder, 'published/etc'));
  expect(await publish('--as', '1.2.0')).toMatchObject({ code: 2, stderr: expect.stringContaining('etc: is a link') });
});
