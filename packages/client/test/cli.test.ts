import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Execution } from '@gantry/contracts/http/execution';
import { waitFor } from '@gantry/testkit/wait-for';
import { beforeAll, expect, test } from 'vitest';
import { cells, openTerminal } from './cli-fixture.ts';
import { runGantry } from './run-gantry.ts';

const terminal = openTerminal();

beforeAll(async () => {
  await terminal.system.assistant('Echo', [{ ref: 'module://gantry/echo', name: 'say' }]);
  await terminal.system.assistant('Broken', [{ ref: 'module://gantry/fail', options: { message: 'out of ink' } }], {
    subscription: 'PRINT',
  });
});

/** An execution that lasts until it is cancelled. */
async function sleeping(): Promise<string> {
  const pipeline = { steps: [{ ref: 'module://gantry/sleep', options: { ms: 60_000 } }] };
  return (await terminal.system.client.executions.create({ projectId: terminal.system.projectId, pipeline })).id;
}

test('an event is sent and waited for; its execution is in the list, and shown with its steps', async () => {
  const data = await terminal.file('data.json', '{"order": 7}');
  const sent = await terminal.gantry(
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

  const list = await terminal.gantry(
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
  const page = await terminal.json<{ content: Execution[]; totalElements: number }>(
    'executions',
    'list',
    '-f',
    `id eq '${id}'`,
  );
  expect(page).toMatchObject({ totalElements: 1, content: [{ id, context: { order: 7 } }] });

  const shown = await terminal.gantry('get', id);
  expect(shown.stdout).toMatch(new RegExp(`^id +${id}\nstatus +SUCCEEDED\n`));
  expect(shown.stdout).toMatch(/\nSTEP {2}MODULE {2}STATUS +ATTEMPT {2}TOOK/);
  expect(shown.stdout).toMatch(/\n +1 {2}say +SUCCEEDED +1 {2}/);
  expect(shown.stdout).toMatch(/\noutput\n\{\n.+\n\}\n$/s);
  expect(await terminal.json('executions', 'get', id)).toMatchObject({ id, status: 'SUCCEEDED' });
});

test('what nobody reacts to is said, and so is an empty list', async () => {
  const sent = await terminal.gantry(
    'events',
    'send',
    '-t',
    'ORDER_PLACED',
    '-p',
    'tests',
    '--id',
    'o-1',
    '--source',
    'shop',
  );
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n\nno assistant reacts to ORDER_PLACED\n$/) });
  const listed = await terminal.gantry('events', 'list', '-f', "externalId eq 'o-1'");
  expect(listed.stdout.split('\n').map((line) => cells(line).slice(1, 3))).toMatchObject([
    ...[
      ['TYPE', 'SOURCE'],
      ['ORDER_PLACED', 'shop'],
    ],
    [],
  ]);
  expect((await terminal.gantry('events', 'list', '-f', "source eq 'nobody'")).stdout).toBe('none\n');
});

test('a bulk command says what it would do, does it, and how far it is', async () => {
  const filter = ['--filter', "context.taskId eq 'nobody has this one'"];
  expect((await terminal.gantry('bulk', 'reprocess', ...filter, '--dry-run')).stdout).toBe(
    '0 executions would be created\n',
  );
  expect(await terminal.json('bulk', 'cancel', ...filter, '--dry-run')).toEqual({ dryRun: true, count: 0 });
  const done = await terminal.gantry('bulk', 'cancel', ...filter, '--wait');
  expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36} {2}COMPLETED {2}0 of 0\n$/) });
  const [id = ''] = done.stdout.split(' ');
  expect(await terminal.json('bulk', 'get', id)).toMatchObject({ id, kind: 'CANCEL', status: 'COMPLETED' });
  expect((await terminal.gantry('bulk', 'delete', ...filter, '--dry-run')).stdout).toBe(
    '0 executions would be deleted\n',
  );
  expect(await terminal.gantry('bulk', 'cancel')).toMatchObject({ code: 2 });
});

test('what is waited for and fails is exit code 3; its log and its end are printed', async () => {
  const sent = await terminal.gantry('events', 'send', '-t', 'PRINT', '-p', terminal.system.projectId, '--wait');
  expect(sent).toMatchObject({ code: 3, stderr: '' });
  expect(sent.stdout).toContain('out of ink');
  const [id = ''] = cells(sent.stdout.split('\n')[1]);
  const watched = await terminal.gantry('watch', id);
  expect(watched.code).toBe(3);
  expect(watched.stdout).toMatch(/step 1\/1 gantry\/fail: FAILED \(out of ink\)\n.* {2}FAILED\n$/);
  const logs = await terminal.gantry('logs', id, '-f');
  expect(logs).toMatchObject({ code: 0, stdout: expect.stringContaining('out of ink') });
});

test('what a module says does not control the terminal', async () => {
  const message = 'red \u001b[31m, title \u001b]0;mine\u0007';
  const pipeline = { steps: [{ ref: 'module://gantry/fail', options: { message } }] };
  const { id } = await terminal.system.client.executions.create({ projectId: terminal.system.projectId, pipeline });
  const { stdout } = await terminal.gantry('logs', id, '-f');
  expect(stdout).toContain('red \\x1b[31m, title \\x1b]0;mine\\x07');
});

test('the page of an execution or an assistant has an address', async () => {
  const id = await sleeping();
  expect((await terminal.gantry('open', id)).stdout).toBe(`${terminal.system.client.url}/executions/${id}\n`);
  expect(await terminal.gantry('open', 'nothing')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NOT_FOUND'),
  });
  await terminal.gantry('cancel', id);
});

test('an execution is watched while it is cancelled, as lines of JSON', async () => {
  const id = await sleeping();
  const watching = terminal.gantry('executions', 'watch', id, '--json');
  await waitFor(async () => (await terminal.system.client.executions.get(id)).status === 'RUNNING');
  expect(await terminal.gantry('cancel', id)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(`^${id} is CANCELL(ING|ED)\n`),
  });
  const { code, stdout } = await watching;
  const changes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect([code, changes.at(-1)]).toMatchObject([3, { executionId: id, status: 'CANCELLED' }]);

  const again = await terminal.gantry('cancel', id);
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('(EXECUTION_FINISHED)') });
  const patient = await sleeping();
  expect(await terminal.gantry('watch', patient, '--timeout', '0.2')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('WAIT_TIMEOUT'),
  });
  await terminal.gantry('cancel', patient);
});

test('the Gantry of this folder is found by what npm start leaves there', async () => {
  const { apiUrl, apiKey } = terminal.system.system;
  const below = join(terminal.folder, 'some', 'where');
  await mkdir(below, { recursive: true });
  await mkdir(join(terminal.folder, '.gantry'));
  await writeFile(join(terminal.folder, '.gantry/start.json'), JSON.stringify({ pid: 1, startedAt: '', apiUrl }));
  await writeFile(join(terminal.folder, '.gantry/api-key'), `${apiKey}\n`);
  expect(await runGantry(['projects', 'list'], { cwd: below })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('tests'),
  });
  const env = { GANTRY_DATA_DIR: join(terminal.folder, '.gantry') };
  expect(await runGantry(['projects', 'list'], { cwd: tmpdir(), env })).toMatchObject({ code: 0 });
  // Its key is not sent to others.
  const other = await runGantry(['projects', 'list', '--url', 'http://127.0.0.1:1'], { cwd: below });
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('no API key') });
  await rm(join(terminal.folder, '.gantry'), { recursive: true });
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
  const { code, stdout, stderr } = await terminal.gantry(...args);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
});

test('what goes wrong is exit code 1 and says why', async () => {
  const id = crypto.randomUUID();
  expect(await terminal.gantry('get', id)).toEqual({
    code: 1,
    stdout: '',
    stderr: `gantry: There is no execution ${id}. (NOT_FOUND)\n`,
  });
  const filter = await terminal.gantry('executions', 'list', '--filter', 'nosuch eq 1');
  expect(filter).toMatchObject({ code: 1, stderr: expect.stringMatching(/column 1.*\(FILTER_FIELD_UNKNOWN\)/s) });
  const away = await runGantry(['get', id, '--url', 'http://127.0.0.1:1', '--api-key', 'k']);
  expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining('(NO_ANSWER)') });
});

test('every command explains itself', async () => {
  const { code, stdout } = await terminal.gantry('--help');
  expect(code).toBe(0);
  for (const name of ['executions', 'events', 'assistants', 'modules', 'projects', 'stores', 'keys', 'get', 'watch']) {
    expect(stdout).toMatch(new RegExp(`^  ${name}[| ]`, 'm'));
  }
  const help = await terminal.gantry('executions', 'list', '--help');
  expect([help.code, help.stdout]).toEqual([0, expect.stringMatching(/--filter <filter>.*--json/s)]);
});
