import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Execution } from '@gantry/contracts/http/execution';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runGantry } from './run-gantry.ts';
import { startTestGantry, type TestGantry } from './test-gantry.ts';

let system: TestGantry;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-cli-'));
  system = await startTestGantry();
  await system.assistant('Echo', [{ ref: 'module://gantry/echo', name: 'say' }]);
  await system.assistant('Broken', [{ ref: 'module://gantry/fail', options: { message: 'out of ink' } }], {
    subscription: 'PRINT',
  });
});
afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true });
});

function gantry(...args: string[]) {
  const { apiUrl, apiKey } = system.system;
  return runGantry(args, { env: { GANTRY_URL: apiUrl, GANTRY_API_KEY: apiKey }, cwd: folder });
}

/** The JSON that a command prints. */
async function json<Answer>(...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await gantry(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return name;
}

/** An execution that lasts until it is cancelled. */
async function sleeping(): Promise<string> {
  const pipeline = { steps: [{ ref: 'module://gantry/sleep', options: { ms: 60_000 } }] };
  return (await system.client.executions.create({ projectId: system.projectId, pipeline })).id;
}

const cells = (line = '') => line.trim().split(/ {2,}/);

test('an event is sent and waited for; its execution is in the list, and shown with its steps', async () => {
  const data = await file('data.json', '{"order": 7}');
  const sent = await gantry(
    'events',
    'send',
    '--type',
    'TASK_CREATED',
    '--task',
    't-1',
    '--project',
    'tests',
    '--data',
    `@${data}`,
    '--wait',
  );
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  const [heads, row] = sent.stdout.split('\n');
  expect(cells(heads)).toEqual(['ID', 'STATUS', 'PRIORITY', 'ASSISTANT', 'CREATED', 'TOOK', 'ERROR']);
  const [id = '', ...rest] = cells(row);
  expect(rest.slice(0, 3)).toEqual(['SUCCEEDED', '6', 'Echo']);

  const list = await gantry(
    'executions',
    'list',
    '--filter',
    "status eq 'SUCCEEDED'",
    '--filter',
    `id eq '${id}'`,
    '--sort',
    'createdOn,desc',
  );
  expect(list.stdout.split('\n').map((line) => cells(line)[0])).toEqual(['ID', id, '']);
  const page = await json<{ content: Execution[]; totalElements: number }>('executions', 'list', '-f', `id eq '${id}'`);
  expect(page).toMatchObject({ totalElements: 1, content: [{ id, context: { order: 7 } }] });

  const shown = await gantry('get', id);
  expect(shown.stdout).toMatch(new RegExp(`^id +${id}\nstatus +SUCCEEDED\n`));
  expect(shown.stdout).toMatch(/\nSTEP {2}MODULE {2}STATUS +ATTEMPT {2}TOOK/);
  expect(shown.stdout).toMatch(/\n +1 {2}say +SUCCEEDED +1 {2}/);
  expect(shown.stdout).toMatch(/\noutput\n\{\n.+\n\}\n$/s);
  expect(await json('executions', 'get', id)).toMatchObject({ id, status: 'SUCCEEDED' });
});

test('what nobody reacts to is said, and so is an empty list', async () => {
  const sent = await gantry('events', 'send', '-t', 'ORDER_PLACED', '-p', 'tests', '--id', 'o-1', '--source', 'shop');
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n\nno assistant reacts to ORDER_PLACED\n$/) });
  const listed = await gantry('events', 'list', '-f', "externalId eq 'o-1'");
  expect(listed.stdout.split('\n').map((line) => cells(line).slice(1, 3))).toMatchObject([
    ...[
      ['TYPE', 'SOURCE'],
      ['ORDER_PLACED', 'shop'],
    ],
    [],
  ]);
  expect((await gantry('events', 'list', '-f', "source eq 'nobody'")).stdout).toBe('none\n');
});

test('an assistant is switched off and on, and deleted, by its slug; it says its version, and how all is doing', async () => {
  await system.assistant('Short lived', [{ ref: 'module://gantry/noop' }], { subscription: 'NEVER' });
  const act = (verb: string) => gantry('assistants', verb, 'short-lived', '--project', 'tests');
  expect((await act('deactivate')).stdout).toBe('Short lived is not active\n');
  expect((await act('activate')).stdout).toBe('Short lived is active\n');
  expect((await act('delete')).code).toBe(0);
  expect(await act('delete')).toMatchObject({ code: 1, stderr: expect.stringContaining('ASSISTANT_NOT_FOUND') });
  const store = await gantry('stores', 'create', 'Letters', '--project', 'tests');
  expect(store).toMatchObject({ code: 0, stdout: expect.stringContaining('/letters:1.0.0') });
  expect((await gantry('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await gantry('overview')).stdout).toMatch(/^executions +\d+\n/);
  expect((await gantry('runtimes')).stdout).toMatch(/^RUNTIME +WORKERS[^\n]+\ngantry\/default +1 /);
});

test('a bulk command says what it would do, does it, and how far it is', async () => {
  const filter = ['--filter', "context.taskId eq 'nobody has this one'"];
  expect((await gantry('bulk', 'reprocess', ...filter, '--dry-run')).stdout).toBe('0 executions would be created\n');
  expect(await json('bulk', 'cancel', ...filter, '--dry-run')).toEqual({ dryRun: true, count: 0 });
  const done = await gantry('bulk', 'cancel', ...filter, '--wait');
  expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36} {2}COMPLETED {2}0 of 0\n$/) });
  const [id = ''] = done.stdout.split(' ');
  expect(await json('bulk', 'get', id)).toMatchObject({ id, kind: 'CANCEL', status: 'COMPLETED' });
  expect((await gantry('bulk', 'delete', ...filter, '--dry-run')).stdout).toBe('0 executions would be deleted\n');
  expect(await gantry('bulk', 'cancel')).toMatchObject({ code: 2 });
});

test('what is waited for and fails is exit code 3; its log and its end are printed', async () => {
  const sent = await gantry('events', 'send', '-t', 'PRINT', '-p', system.projectId, '--wait');
  expect(sent).toMatchObject({ code: 3, stderr: '' });
  expect(sent.stdout).toContain('out of ink');
  const [id = ''] = cells(sent.stdout.split('\n')[1]);
  const watched = await gantry('watch', id);
  expect(watched.code).toBe(3);
  expect(watched.stdout).toMatch(/step 1\/1 gantry\/fail: FAILED \(out of ink\)\n.* {2}FAILED\n$/);
  const logs = await gantry('logs', id, '-f');
  expect(logs).toMatchObject({ code: 0, stdout: expect.stringContaining('out of ink') });
});

test('the page of an execution or an assistant has an address', async () => {
  const id = await sleeping();
  expect((await gantry('open', id)).stdout).toBe(`${system.client.url}/executions/${id}\n`);
  expect(await gantry('open', 'nothing')).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_FOUND') });
  await gantry('cancel', id);
});

test('an execution is watched while it is cancelled, as lines of JSON', async () => {
  const id = await sleeping();
  const watching = gantry('executions', 'watch', id, '--json');
  await waitFor(async () => (await system.client.executions.get(id)).status === 'RUNNING');
  expect(await gantry('cancel', id)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(`^${id} is CANCELL(ING|ED)\n`),
  });
  const { code, stdout } = await watching;
  const changes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect([code, changes.at(-1)]).toMatchObject([3, { executionId: id, status: 'CANCELLED' }]);

  const again = await gantry('cancel', id);
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('(EXECUTION_FINISHED)') });
  const patient = await sleeping();
  expect(await gantry('watch', patient, '--timeout', '0.2')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('WAIT_TIMEOUT'),
  });
  await gantry('cancel', patient);
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
  const path = await file('assistants.yaml', definition('first'));
  const outcomes = async () =>
    (await gantry('assistants', 'apply', '-f', path)).stdout
      .trim()
      .split('\n')
      .map((line) => cells(line)[0]);
  expect(await outcomes()).toEqual(['OUTCOME', 'created', 'created']);
  await file('assistants.yaml', definition('second'));
  expect(await outcomes()).toEqual(['OUTCOME', 'updated', 'updated']);
  const list = await json<{ content: object[] }>('assistants', 'list', '--project', 'tests', '--query', 'reader');
  expect(list.content).toMatchObject([{ slug: 'reader', description: 'second', active: true }]);

  const without = await file('without.yaml', 'name: Nowhere\n');
  expect(await gantry('assistants', 'apply', '-f', without)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--project'),
  });
  const bad = await file('bad.yaml', 'name: Bad\nproject: tests\nsubscription: "type =="\n');
  expect(await gantry('assistants', 'apply', '-f', bad)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('subscription'),
  });
});

test('a document is uploaded and reprocessed', async () => {
  const letter = await file('letter.txt', 'Dear all');
  await system.assistant('Post', [{ ref: 'gantry/noop' }], { subscription: 'CONTENT_CREATED' });
  const family = await json<{ id: string }>(
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
  const list = await json<{ content: object[] }>('stores', 'list');
  expect(list.content).toContainEqual(expect.objectContaining({ storeRef: 'local/post:1.0.0' }));
  const again = await gantry('reprocess', family.id, '--wait');
  expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/SUCCEEDED +7 +Post/)]);
});

test('modules, projects and keys', async () => {
  const path = await file('module.yaml', 'slug: stapler\nname: Stapler\nmetadata: { timeoutSeconds: 5 }\n');
  expect((await gantry('modules', 'apply', '-f', path)).stdout).toContain('created  module://local/stapler');
  expect((await gantry('modules', 'list', '-q', 'stapler')).stdout).toContain('Stapler');
  await gantry('projects', 'create', 'Side project', '--slug', 'side');
  expect((await gantry('projects', 'list')).stdout).toMatch(/side +Side project/);

  const { stdout } = await gantry('keys', 'create', 'reader', '--scope', 'executions:read');
  const reader = ['--url', system.system.apiUrl, '--api-key', stdout.trim()];
  expect(await runGantry(['executions', 'list', ...reader])).toMatchObject({ code: 0 });
  expect(await runGantry(['keys', 'list', ...reader])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('(FORBIDDEN)'),
  });
  const keys = await json<{ content: { id: string; name: string }[] }>('keys', 'list');
  const id = keys.content.find(({ name }) => name === 'reader')?.id ?? '';
  expect((await gantry('keys', 'revoke', id)).stdout).toBe(`${id} is revoked\n`);
});

test('secrets are kept from standard input, listed without their values, and removed', async () => {
  const where = ['--url', system.system.apiUrl, '--api-key', system.system.apiKey];
  const set = await runGantry(['secrets', 'set', 'CRM_TOKEN', ...where], { input: 'hunter2-hunter2\n' });
  expect(set).toMatchObject({ code: 0, stdout: 'CRM_TOKEN is kept\n' });
  const { stdout } = await gantry('secrets', 'list');
  expect(stdout).toContain('CRM_TOKEN');
  expect(stdout).not.toContain('hunter2');
  expect((await gantry('secrets', 'delete', 'CRM_TOKEN')).stdout).toBe('CRM_TOKEN is removed\n');
  expect(await gantry('secrets', 'set', 'EMPTY')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no value'),
  });
});

test('the Gantry of this folder is found by what npm start leaves there', async () => {
  const { apiUrl, apiKey } = system.system;
  const below = join(folder, 'some', 'where');
  await mkdir(below, { recursive: true });
  await mkdir(join(folder, '.gantry'));
  await writeFile(join(folder, '.gantry/start.json'), JSON.stringify({ pid: 1, startedAt: '', apiUrl }));
  await writeFile(join(folder, '.gantry/api-key'), `${apiKey}\n`);
  expect(await runGantry(['projects', 'list'], { cwd: below })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('tests'),
  });
  const env = { GANTRY_DATA_DIR: join(folder, '.gantry') };
  expect(await runGantry(['projects', 'list'], { cwd: tmpdir(), env })).toMatchObject({ code: 0 });
  // Its key is not sent to others.
  const other = await runGantry(['projects', 'list', '--url', 'http://127.0.0.1:1'], { cwd: below });
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('no API key') });
  await rm(join(folder, '.gantry'), { recursive: true });
});

test.each<[string, string[], RegExp]>([
  ['an unknown command', ['executions', 'fly'], /unknown command 'fly'/],
  ['an unknown option', ['executions', 'list', '--colour'], /unknown option '--colour'/],
  ['an argument that is missing', ['get'], /missing required argument 'id'/],
  ['an option that is missing', ['events', 'send'], /required option '-t, --type <type>' not specified/],
  ['a number that is none', ['executions', 'list', '--page', 'two'], /expected a whole number/],
  ['data that is no JSON', ['events', 'send', '-t', 'A', '-d', '{'], /--data: /],
  ['a file that is not there', ['assistants', 'apply', '-f', 'none.yaml'], /none\.yaml/],
])('%s is wrong usage: exit code 2', async (_name, args, message) => {
  const { code, stdout, stderr } = await gantry(...args);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
});

test('what goes wrong is exit code 1 and says why', async () => {
  const id = crypto.randomUUID();
  expect(await gantry('get', id)).toEqual({
    code: 1,
    stdout: '',
    stderr: `gantry: There is no execution ${id}. (NOT_FOUND)\n`,
  });
  const filter = await gantry('executions', 'list', '--filter', 'nosuch eq 1');
  expect(filter).toMatchObject({ code: 1, stderr: expect.stringMatching(/column 1.*\(FILTER_FIELD_UNKNOWN\)/s) });
  const away = await runGantry(['get', id, '--url', 'http://127.0.0.1:1', '--api-key', 'k']);
  expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining('(NO_ANSWER)') });
});

test('every command explains itself', async () => {
  const { code, stdout } = await gantry('--help');
  expect(code).toBe(0);
  for (const name of ['executions', 'events', 'assistants', 'modules', 'projects', 'stores', 'keys', 'get', 'watch']) {
    expect(stdout).toMatch(new RegExp(`^  ${name}[| ]`, 'm'));
  }
  const help = await gantry('executions', 'list', '--help');
  expect([help.code, help.stdout]).toEqual([0, expect.stringMatching(/--filter <filter>.*--json/s)]);
});

/** A command that talks to the Gantry of this machine. */
function locally(...args: string[]) {
  return runGantry(args, { env: { GANTRY_DATA_DIR: system.dataDir, PATH: process.env['PATH'] ?? '' }, cwd: folder });
}

/** Each command is a process that starts others. */
const PATIENCE_MS = 180_000;

test('a module is made, tested and run without any Gantry, and bad input named', { timeout: PATIENCE_MS }, async () => {
  const alone = (...args: string[]) => runGantry(args, { env: { PATH: process.env['PATH'] ?? '' }, cwd: folder });
  expect(await alone('module', 'new', 'acme/alone', '--script')).toMatchObject({ code: 0 });
  expect(await alone('module', 'test', 'alone')).toMatchObject({ code: 0 });
  const ran = await alone('module', 'run', 'alone', '--input', '"two words"', '--json');
  expect([ran.code, JSON.parse(ran.stdout), ran.stderr]).toEqual([0, { words: 2 }, 'info  Counted {"words":2}\n']);
  expect(await alone('module', 'run', 'alone')).toMatchObject({ code: 3, stderr: 'failed TOO_FEW_WORDS: 0 words\n' });
  expect(await alone('module', 'run', 'alone', '--options', '[1]')).toMatchObject({
    code: 2,
    stderr: 'gantry: --options: expected a JSON object\n',
  });
  expect(await alone('module', 'run', 'nowhere')).toMatchObject({ code: 2 });
  expect(await alone('module', 'new', 'alone')).toMatchObject({ code: 2 });
});

test('a module is run in the Gantry of this machine, with the code saved last', { timeout: PATIENCE_MS }, async () => {
  await locally('module', 'new', 'acme/developed');
  const dev = (input: string) =>
    locally('module', 'dev', 'developed', '--once', '--input', input, '--project', system.projectId);
  const ran = await dev('"two words"');
  expect(JSON.parse(ran.stdout)).toEqual({ words: 2 });
  expect(ran.stderr).toContain('info  Counted {"words":2}');
  const source = join(folder, 'developed/index.ts');
  await writeFile(
    source,
    (await readFile(source, 'utf8')).replace('return { words }', 'return { words, saved: true }'),
  );
  expect(JSON.parse((await dev('"three words here"')).stdout)).toEqual({ words: 3, saved: true });
  await writeFile(source, 'const = 1;');
  expect(await dev('""')).toMatchObject({ code: 2, stderr: expect.stringContaining('developed/index.ts') });
});
