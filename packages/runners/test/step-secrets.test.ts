import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentSecrets, fileSecrets, firstOf } from '../src/secret-source.ts';
import type { LogEntry } from '../src/step-result.ts';
import { type NodeEngine, startNodeEngine } from './node-engine.ts';
import { step } from './runtime-fixture.ts';

const TOKEN = 'tok_5f1e7c9a2b3d4e6f';

const BODIES = {
  asks: `return { token: await input.secrets.get('TOKEN'), file: await input.secrets.get('FILE') };`,
  compares: `return (await input.secrets.get(input.options.name)) === input.options.value ? 'same' : 'different';`,
  leaks: `
    const token = await input.secrets.get('TOKEN');
    input.logger.info('token ' + token, { header: { authorization: 'Basic ' + Buffer.from('me:' + token).toString('base64') } });
    console.log(token.slice(0, 10)); console.log(token.slice(10));
    input.statusMessage({ title: token, subtitle: token, type: 'PROCESSING' });
    input.emit({ eventType: 'LEAKED', data: { [token]: [token] } });
    throw Object.assign(new Error('refused ' + token, { cause: new Error(token) }), { token });`,
  'leaks-much': `
    const token = await input.secrets.get('TOKEN');
    for (let i = 0; i < 510; i++) input.logger.info('x'.repeat(270) + token, { token });
    await new Promise((_, reject) => input.signal.addEventListener('abort', () => reject(input.signal.reason)));`,
};

/** Names that the last source was asked for. */
const asked: string[] = [];

let folder: string;
let engine: NodeEngine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-secrets-'));
  const [modulesDir, secretsDir] = [join(folder, 'modules'), join(folder, 'secrets')];
  await Promise.all([mkdir(modulesDir), mkdir(secretsDir)]);
  for (const [name, body] of Object.entries(BODIES)) {
    const text = `export default { ref: 'test/${name}', async infer(input) { ${body} } };`;
    await writeFile(join(modulesDir, `${name}.mjs`), text);
  }
  await writeFile(join(secretsDir, 'FILE'), 'of a file\n');
  await writeFile(join(secretsDir, 'REDIS_URL'), 'redis://own');
  engine = await startNodeEngine({
    ...{ modulesDirs: [modulesDir], contents: createFolderContentStore(join(folder, 'content')), slots: 2 },
    secrets: firstOf([
      environmentSecrets({ GANTRY_SECRET_TOKEN: TOKEN, TOKEN: 'not this' }),
      fileSecrets(secretsDir, [join(secretsDir, 'REDIS_URL')]),
      async (name) => {
        asked.push(name);
        if (name === 'AWAY') throw new Error('the api does not answer');
        return name === 'KEPT' ? 'kept-elsewhere' : undefined;
      },
    ]),
    logger: { info: () => {}, warn: () => {} },
  });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

test('a module gets secrets of the environment and of files; its output does not show them', async () => {
  const given = { name: 'TOKEN', value: TOKEN };
  expect(await engine.run(step('test/compares', given))).toMatchObject({ output: 'same' });
  expect(await engine.run(step('test/compares', { name: 'FILE', value: 'of a file' }))).toMatchObject({
    output: 'same',
  });
  const { outputJson } = (await engine.run(step('test/asks'))) as { outputJson: string };
  expect(outputJson).toBe('{"token":"***","file":"***"}');
});

test('options refer to secrets, in whole or in part; the module gets their values', async () => {
  const options = { name: 'TOKEN', value: '${secrets.TOKEN}' };
  expect(await engine.run(step('test/compares', options))).toMatchObject({ output: 'same' });
  const echoed = await engine.run(step('gantry/echo', { headers: [{ authorization: 'Bearer ${secrets.TOKEN}' }] }));
  expect(JSON.stringify(echoed)).not.toContain(TOKEN);
});

test('one that is referred to again and again is asked for once', async () => {
  asked.length = 0;
  const value = '${secrets.KEPT}';
  const compared = step('test/compares', { name: 'KEPT', value, values: [value, `${value} ${value}`] });
  expect(await engine.run(compared)).toMatchObject({ output: 'same' });
  expect(asked).toEqual(['KEPT']);
});

describe('what a step may not have is an error with a code', () => {
  test.each([
    ['OTHER', 'SECRET_NOT_FOUND'],
    ['REDIS_URL', 'SECRET_NOT_FOUND'],
    ['../secrets/FILE', 'SECRET_NAME_INVALID'],
  ])('%s: %s', async (name, code) => {
    expect(await engine.run(step('test/compares', { name, value: '' }))).toMatchObject({ error: { code } });
    const referred = await engine.run(step('gantry/noop', { value: `\${secrets.${name}}` }));
    expect(referred).toMatchObject({ outcome: 'failed', error: { code } });
  });
});

test('a step waits for a secret whose source is away, wherever it asks for it', async () => {
  for (const given of [
    step('test/compares', { name: 'AWAY', value: '' }),
    step('gantry/noop', { value: '${secrets.AWAY}' }),
  ]) {
    const result = await engine.run(given);
    expect(result).toMatchObject({ outcome: 'unavailable', error: { code: 'SECRETS_UNAVAILABLE' } });
  }
});

test('nothing that a step tells shows a secret: log, status, events, errors', async () => {
  const told: unknown[] = [];
  const take = (report: unknown) => void told.push(report);
  const result = await engine.run(step('test/leaks'), { onLog: take, onStatusMessage: take, onEmit: take });
  expect(result).toMatchObject({ outcome: 'failed', error: { code: 'MODULE_FAILED', message: 'refused ***' } });
  expect(told).toHaveLength(5);
  const text = JSON.stringify([told, result]);
  for (let at = 0; at + 8 <= TOKEN.length; at += 1) expect(text).not.toContain(TOKEN.slice(at, at + 8));
  expect(text).not.toContain(Buffer.from(`me:${TOKEN}`).toString('base64').slice(4, 16));
});

test('nor does what is shown of log entries that are held back, where its lines are cut', async () => {
  const told: string[] = [];
  const ending = new AbortController();
  const onLog = ({ message, standsFor }: LogEntry) => {
    told.push(message);
    if (standsFor === 'held') ending.abort();
  };
  await engine.run(step('test/leaks-much'), { onLog, signal: ending.signal });
  expect(told.find((message) => message.includes('held back until this attempt ends'))).toContain('***');
  for (let at = 0; at + 8 <= TOKEN.length; at += 1) expect(told.join()).not.toContain(TOKEN.slice(at, at + 8));
});
