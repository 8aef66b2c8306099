import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { NODE_ENVIRONMENT, NODE_FLAGS } from './node-setup.ts';

const KEPT_LINES = 20;

export type Environment = Readonly<Record<string, string | undefined>>;

interface AppCommand {
  /** The file that Node runs. */
  entry: string;
  /** The whole environment but for Node's own: nothing else is inherited. */
  env: Environment;
  onLine: (line: string) => void;
}

/** How a process ended: its exit code, or the signal that killed it. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface AppProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** The last lines it wrote, complete once it has exited and `logEnded` has resolved. */
  readonly lastLines: readonly string[];
  readonly logEnded: Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts an app as a process of its own. It runs in its own process group, so that Ctrl-C reaches the launcher alone,
 * which then decides the order of stopping; the IPC channel tells it when the launcher is gone (see stopWithParent).
 */
export async function startAppProcess({ entry, env, onLine }: AppCommand): Promise<AppProcess> {
  const child = spawn(process.execPath, [...NODE_FLAGS, entry], {
    env: { ...NODE_ENVIRONMENT, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const logEnded = new Promise((resolve) => child.once('close', resolve));
  const lastLines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      onLine(line);
    });
  }
  await once(child, 'spawn');
  return { pid: child.pid as number, exited, lastLines, logEnded, kill: (signal) => void child.kill(signal) };
}
