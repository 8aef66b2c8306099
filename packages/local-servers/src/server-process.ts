import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { removeServerRecord, writeServerRecord } from './server-record.ts';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 15_000;
const KEPT_LOG_LINES = 20;

export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the process has ended, in whatever way. */
  readonly exited: Promise<void>;
  /** Stops the server gracefully, by force after 15 s. Safe to call again, and on a server that has died. */
  stop(): Promise<void>;
}

interface ServerCommand {
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment: servers inherit nothing, so no secret of this process reaches them. */
  env: Record<string, string>;
  /** Where the process is recorded for the next start. */
  dataDir: string;
  /** Part of the log line that says the server takes connections. */
  readyLine: string;
  stopSignal: NodeJS.Signals;
  onLog?: ((line: string) => void) | undefined;
}

/**
 * Starts a server process and waits until it is ready. It runs in a process group of its own, so that Ctrl-C reaches this
 * process alone, which then decides the order of stopping. Throws with the last lines of its log if it ends instead.
 */
export async function startServerProcess(server: ServerCommand): Promise<ServerProcess> {
  const child = spawn(server.command, server.args, {
    env: server.env,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const logEnded = new Promise<string>((resolve) => child.once('close', () => resolve('ended')));
  const log = followLog(child, server.readyLine, server.onLog);
  await once(child, 'spawn');
  const pid = child.pid as number;
  const watchdog = endWithThisProcess(pid, server.stopSignal);
  exited.then(() => watchdog.kill('SIGKILL'));
  await writeServerRecord(server.dataDir, pid);

  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(server.stopSignal);
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await exited;
      clearTimeout(force);
    }
    await removeServerRecord(server.dataDir);
  }

  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const timedOut = once(limit, 'abort').then(() => 'not ready in time');
  const failure = await Promise.race([log.ready, logEnded, timedOut]);
  if (failure !== undefined) {
    await stop();
    throw new Error(`${server.name} did not start (${failure}):\n${log.lastLines.join('\n')}`);
  }
  return { pid, exited, stop };
}

function followLog(child: ChildProcess, readyLine: string, onLog: ((line: string) => void) | undefined) {
  const lastLines: string[] = [];
  const ready = new Promise<undefined>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lastLines.push(line);
        if (lastLines.length > KEPT_LOG_LINES) lastLines.shift();
        onLog?.(line);
        if (line.includes(readyLine)) resolve(undefined);
      });
    }
  });
  return { ready, lastLines };
}

/**
 * A shell that waits for its standard input to close, which happens when this process ends however it ends (kill -9 too),
 * and then signals the server. Works on every Unix; Linux alone could do it by a parent-death signal.
 */
function endWithThisProcess(pid: number, signal: NodeJS.Signals): ChildProcess {
  const script = 'read -r _; kill -s "$1" "$2"';
  return spawn('/bin/sh', ['-c', script, 'sh', signal.replace('SIG', ''), String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
}
