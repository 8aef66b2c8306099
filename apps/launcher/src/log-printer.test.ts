import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { logPrinter } from './log-printer.ts';

const planned = {
  level: 'info',
  time: '2026-01-02T03:04:05.678Z',
  pid: 7,
  name: 'worker',
  executionId: 'e1',
  attempt: 2,
  reason: 'two words',
  msg: 'step started',
};

function printed(json: boolean, ...lines: [name: string, line: string][]): string {
  const out = new PassThrough();
  const print = logPrinter({ out, json });
  for (const [name, line] of lines) print(name, line);
  return String(out.read());
}

test('JSON lines become time, level, message and fields, under the name of their process', () => {
  const text = printed(
    false,
    ['worker-1', JSON.stringify(planned)],
    ['api', JSON.stringify({ ...planned, level: 'warn' })],
  );
  expect(text).toBe(`worker-1  │ 03:04:05.678 INFO  step started executionId=e1 attempt=2 reason="two words"
api       │ 03:04:05.678 WARN  step started executionId=e1 attempt=2 reason="two words"
`);
});

test('the stack of an error follows on lines of its own', () => {
  const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at f (x.ts:1:2)' };
  const text = printed(false, ['api', JSON.stringify({ level: 'error', time: planned.time, err, msg: 'could not' })]);
  expect(text).toBe(`api       │ 03:04:05.678 ERROR could not
api       │   Error: no
api       │       at f (x.ts:1:2)
`);
});

test('what a module logs neither controls the terminal nor looks like an entry of its own', () => {
  const msg = 'one\n03:04:05.678 ERROR two\u001b[2J\u009b';
  const text = printed(
    false,
    ['worker-1', JSON.stringify({ ...planned, msg })],
    ['worker-1', 'raw \u001b]0;title\u0007'],
  );
  expect(text).toBe(`worker-1  │ 03:04:05.678 INFO  one
worker-1  │   03:04:05.678 ERROR two\\x1b[2J\\x9b executionId=e1 attempt=2 reason="two words"
worker-1  │ raw \\x1b]0;title\\x07
`);
});

test('lines that are no log entries stay as they are; when JSON is asked for, every line is', () => {
  expect(printed(false, ['api', 'Warning: {not json}'], ['api', '{"a":1}'], ['api', '{'])).toBe(
    'api       │ Warning: {not json}\napi       │ {"a":1}\napi       │ {\n',
  );
  expect(printed(true, ['api', JSON.stringify(planned)], ['api', 'Warning'])).toBe(
    `${JSON.stringify(planned)}\n{"name":"api","msg":"Warning"}\n`,
  );
});

test('on a terminal an execution is a link to its page', () => {
  const out = Object.assign(new PassThrough(), { isTTY: true });
  logPrinter({ out, json: false, consoleUrl: () => 'http://here' })('api', JSON.stringify(planned));
  expect(String(out.read())).toContain('executionId=\u001b]8;;http://here/executions/e1\u001b\\e1\u001b]8;;\u001b\\ ');
});
