import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runGantry } from './run-gantry.ts';
import { startTestGantry, type TestGantry } from './test-gantry.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

let system: TestGantry;
let env: Record<string, string>;

beforeAll(async () => {
  system = await startTestGantry({ OUTBOUND_ALLOW: '127.0.0.1' });
  await system.client.projects.create({ name: 'Sample', slug: 'sample' });
  env = { GANTRY_DATA_DIR: system.dataDir, PATH: process.env['PATH'] ?? '' };
});
afterAll(() => system?.stop());

/** What a sample prints. */
async function printed(name: string): Promise<string> {
  const sample = spawn(process.execPath, [`examples/${name}`], { env, cwd: ROOT });
  const [out, errors, [code]] = await Promise.all([text(sample.stdout), text(sample.stderr), once(sample, 'close')]);
  expect([code, errors]).toEqual([0, '']);
  return out;
}

/** What the module of a folder gives in the Gantry that runs. */
async function developed(folder: string, input: unknown): Promise<unknown> {
  return developedWith(folder, '--input', JSON.stringify(input));
}

async function developedWith(folder: string, ...about: string[]): Promise<unknown> {
  const given = ['--once', '--project', 'sample', ...about];
  const { code, stdout, stderr } = await runGantry(['module', 'dev', `examples/${folder}`, ...given], {
    env,
    cwd: ROOT,
  });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}

test('the invoice pipeline gives the books what it read', async () => {
  expect(JSON.parse(await printed('invoice-pipeline.ts'))).toEqual({
    number: '2024-17',
    from: 'Acme Ltd',
    on: '2024-04-09',
    amount: 1250,
    currency: 'GBP',
  });
});

test('the scanned letter is read, and found to be a complaint', async () => {
  expect(JSON.parse(await printed('scanned-letter.ts'))).toMatchObject({ category: 'complaint' });
});

test('the message of the channel is answered', async () => {
  const answer = '"text":"We have your message: Where is my order? You will hear from us."';
  expect(await printed('channel-reply.ts')).toContain(answer);
});

test('the step in Python checks the account of an invoice', async () => {
  expect(await developed('python-step', { iban: 'GB82 WEST 1234 5698 7654 32' })).toMatchObject({ valid: true });
});

test('the step in a shell counts the lines of a document', async () => {
  expect(await developedWith('shell-step', '--file', 'examples/shell-step/gantry.json')).toEqual({ lines: 6 });
});

test('the remote step answers by its call-back', async () => {
  const order = { customer: 'ACME', amount: 1250 };
  expect(await developed('call-back', order)).toEqual({ ...order, granted: true });
});

test('the scheduled report tells how it went', async () => {
  expect(JSON.parse(await printed('scheduled-report.ts'))).toEqual({
    report: expect.stringMatching(/^\d+ of \d+ executions succeeded, 0 failed$/),
  });
});
