import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ModuleFolder, ModuleFolderError } from './module-folder.ts';

const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 50;

const NOTHING: AsyncDisposable = { [Symbol.asyncDispose]: async () => {} };

/**
 * Starts what answers for an `http` module, where its folder says how and nothing answers at its address yet. It ends with
 * what this gives. @throws ModuleFolderError when it does not come to answer
 */
export async function startEndpoint(
  module: ModuleFolder | string,
  env: Record<string, string>,
  say: (line: string) => void,
): Promise<AsyncDisposable> {
  if (typeof module === 'string' || module.metadata.kind !== 'http' || module.start === undefined) return NOTHING;
  const { url } = module.metadata;
  if (await answers(url)) return NOTHING;
  const [command = '', ...args] = module.start;
  const child = spawn(command, args, { cwd: module.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => say(String(data).trimEnd()));
  const ended = Promise.race([
    once(child, 'exit').then(([code]) => `exited with ${code}`),
    once(child, 'error').then(([error]) => String(error)),
  ]);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill();
    await ended;
  };
  const until = Date.now() + PATIENCE_MS;
  while (!(await answers(url))) {
    const end = await Promise.race([ended, delay(LOOK_EVERY_MS, null)]);
    if (end === null && Date.now() < until) continue;
    await stop();
    throw new ModuleFolderError(`start: ${module.start.join(' ')}: ${end ?? 'nothing'} answers at ${url}`);
  }
  return { [Symbol.asyncDispose]: stop };
}

async function answers(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const socket = connect(Number(port) || (protocol === 'https:' ? 443 : 80), hostname.replace(/^\[|\]$/g, ''));
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
