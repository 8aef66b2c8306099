import { type ChildProcess, spawn } from 'node:child_process';

/** Waits for the end of its input, which is the end of whoever holds the other end, however that ended. */
const WHEN_ALONE = 'read -r _; kill -KILL "-$0"';

/**
 * Kills a process group once this process is gone, also by SIGKILL and while the group is busy. To be killed when the
 * group has ended. A shell, since it takes a fiftieth of what a thread in the process would.
 */
export function leash(groupId: number): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', WHEN_ALONE, String(groupId)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => {});
  // There is none when no file could be opened for it.
  shell.stdin?.on('error', () => {});
  shell.unref();
  return shell;
}
