import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

test('writes one JSON line with an ISO time and the name of its app', () => {
  const [line] = logged((logger) => logger.info({ executionId: 'e1' }, 'planned'));
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    pid: process.pid,
    name: 'api',
    executionId: 'e1',
    msg: 'planned',
  });
});

test('secrets do not reach the log, neither as headers nor inside URLs', () => {
  const lines = logged((logger) => {
    const headers = {
      authorization: 'Bearer s3cret',
      'x-api-key': 's3cret',
      'x-access-token': 's3cret',
      cookie: 's3cret',
    };
    logger.info({ headers, req: { headers }, password: 's3cret', user: { password: 's3cret' } });
    logger.error({ err: new Error('connect postgres://gantry:s3cret@db:5432/gantry') }, 'redis://:s3cret@cache:6379');
  });
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain('s3cret');
  expect(JSON.stringify(lines)).toContain('postgres://gantry:[redacted]@db:5432/gantry');
});

test('an error is logged with its code, and without the connection that its driver hung onto it', () => {
  const lost = Object.assign(new Error('connection lost'), { code: 'ECONNRESET', client: { secretKey: 4711 } });
  const [line] = logged((logger) => logger.error({ err: lost }));
  expect(line).toMatchObject({ err: { type: 'Error', message: 'connection lost', code: 'ECONNRESET' } });
  expect(line).not.toHaveProperty('err.client');
  expect(line).toHaveProperty('err.stack');
});

test('an error that says how a server is has no stack, which would tell of its driver alone; any other one has', () => {
  const told: [string, Record<string, string>][] = [
    ["OOM command not allowed when used memory > 'maxmemory'.", { name: 'ReplyError' }],
    ["READONLY You can't write against a read only replica.", { name: 'ReplyError' }],
    ["Stream isn't writeable and enableOfflineQueue options is false", {}],
    ['cannot execute INSERT in a read-only transaction', { severity: 'ERROR', code: '25006' }],
    ['sorry, too many clients already', { severity: 'FATAL', code: '53300' }],
    ['connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED', syscall: 'connect' }],
  ];
  const others: [string, Record<string, string>][] = [
    ['relation "nothing" does not exist', { severity: 'ERROR', code: '42P01' }],
    ['no such file', { code: 'ENOENT', syscall: 'open' }],
    ['undefined is not a function', {}],
  ];
  // As the parser of Redis has it, whose name is that of its class.
  class ReplyError extends Error {}
  const errors = [...told, ...others].map(([message, { name, ...about }]) => ({
    err: Object.assign(name === 'ReplyError' ? new ReplyError(message) : new Error(message), about),
  }));
  const lines = logged((logger) => errors.forEach((error) => void logger.error(error, 'a run failed')));
  const stacks = lines.map((line) => 'stack' in (line as { err: object }).err);
  expect(stacks).toEqual([...told.map(() => false), ...others.map(() => true)]);
});

test('an app whose log nobody reads any more still ends', async () => {
  const script = `
    import { createLogger } from ${JSON.stringify(import.meta.resolve('./logger.ts'))};
    const logger = createLogger({ name: 'app', level: 'info' });
    process.on('SIGTERM', () => {
      logger.info('stopping');
      process.exit(0);
    });
    setInterval(() => undefined, 1_000);
    logger.info('running');`;
  const app = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(app, 'exit');
  await once(app.stdout, 'data');
  app.stdout.destroy();
  app.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

test('a warning that comes again and again is written once in ten seconds, with how often it came', () => {
  let nowMs = 0;
  const away = (port: number) => new Error(`connect ECONNREFUSED 127.0.0.1:${port}`);
  const lines = logged(
    (logger) => {
      for (const runtime of ['a', 'a', 'b']) logger.warn({ err: away(1), runtime }, 'runtime queue');
      for (const executionId of ['e1', 'e2'])
        logger.child({ executionId }).warn({ err: away(1), runtime: 'a' }, 'runtime queue');
      logger.warn({ err: away(1), runtime: 'a' }, 'runtime queue');
      logger.warn({ err: away(2), runtime: 'a' }, 'runtime queue');
      for (let time = 0; time < 2; time += 1) logger.error({ err: away(1), runtime: 'a' }, 'runtime queue');
      nowMs += 10_000;
      for (let time = 0; time < 2; time += 1) logger.warn({ err: away(1), runtime: 'a' }, 'runtime queue');
    },
    () => nowMs,
  );
  expect(lines).toMatchObject([
    { level: 'warn', runtime: 'a', err: { message: away(1).message } },
    { level: 'warn', runtime: 'b' },
    ...[{ executionId: 'e1' }, { executionId: 'e2' }],
    { level: 'warn', runtime: 'a', err: { message: away(2).message } },
    ...[{ level: 'error' }, { level: 'error' }],
    { level: 'warn', runtime: 'a', err: { message: away(1).message }, again: 2 },
  ]);
});

function logged(write: (logger: ReturnType<typeof createLogger>) => void, now?: () => number): unknown[] {
  const lines: string[] = [];
  write(createLogger({ name: 'api', level: 'info' }, { write: (line) => lines.push(line) }, now));
  return lines.map((line) => JSON.parse(line));
}
