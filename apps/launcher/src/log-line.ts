import { terminalText } from '@gantry/contracts/terminal-text';

/** What every line carries and its reader knows already. */
const IMPLIED = new Set(['level', 'time', 'pid', 'name', 'msg', 'err', 'workerId']);
const LONGEST_VALUE = 200;

type Fields = Record<string, unknown>;

/**
 * A line of an app's JSON log as a person reads it: time (UTC), level, message, fields; an error's stack follows on lines
 * of its own, as do further lines of a message. Whatever is not such a line stays as it is. Nothing that a module logs
 * controls the terminal, or looks like an entry that it is not.
 */
export function renderLogLine(line: string, linked: (executionId: string) => string = (id) => id): string {
  const entry = parseEntry(line);
  if (entry === undefined) return terminalText(line);
  const { level, time, msg, err } = entry;
  const at = typeof time === 'string' ? time.slice(11, 23) : '';
  const fields = Object.entries(entry).flatMap(([key, value]) =>
    IMPLIED.has(key) ? [] : `${key}=${key === 'executionId' ? linked(renderValue(value)) : renderValue(value)}`,
  );
  const head = [at, String(level).toUpperCase().padEnd(5), indented(String(msg ?? '')), ...fields].join(' ').trimEnd();
  return [head, ...errorLines(err)].join('\n');
}

function parseEntry(line: string): Fields | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Fields;
    return 'level' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}

function renderValue(value: unknown): string {
  const text = typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return terminalText(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

function indented(text: string): string {
  return terminalText(text).replaceAll('\n', '\n  ');
}

function errorLines(err: unknown): string[] {
  if (typeof err !== 'object' || err === null) return [];
  const { stack, message } = err as Fields;
  return [`  ${indented(String(stack ?? message ?? ''))}`];
}
