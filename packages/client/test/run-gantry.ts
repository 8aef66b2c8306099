import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const COMMAND = resolve(import.meta.dirname, '../bin/gantry.mjs');

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  /** Nothing else is in the environment. */
  env?: Record<string, string>;
  cwd?: string;
  input?: string;
}

/** Runs the command as a process of its own. */
export async function runGantry(args: readonly string[], { env = {}, cwd, input = '' }: RunOptions = {}): Promise<Run> {
  const process_ = spawn(process.execPath, [COMMAND, ...args], { env, cwd: cwd ?? import.meta.dirname });
  process_.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(process_.stdout),
    text(process_.stderr),
    once(process_, 'close'),
  ]);
  return { code, stdout, stderr };
}
