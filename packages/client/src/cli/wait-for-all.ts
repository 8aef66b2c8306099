import type { Execution } from '@gantry/contracts/http/execution';
import type { Command } from 'commander';
import type { GantryClient } from '../gantry-client.ts';
import { EXIT } from './exit-code.ts';
import { seconds } from './read-input.ts';

export interface WaitFlags {
  wait?: boolean;
  timeout?: number;
}

export function addWaitOptions(command: Command): Command {
  return command
    .option('-w, --wait', 'until the executions have finished')
    .option('--timeout <seconds>', 'wait at most that long', seconds);
}

/** @throws GantryError WAIT_TIMEOUT */
export function waitForAll(client: GantryClient, ids: readonly string[], timeoutMs?: number): Promise<Execution[]> {
  return Promise.all(ids.map((id) => client.executions.waitFor(id, { timeoutMs })));
}

/** What waiting for executions that ended like this comes to. */
export function exitCodeOf(executions: readonly Pick<Execution, 'status'>[]): number {
  return executions.some(({ status }) => status === 'FAILED' || status === 'CANCELLED') ? EXIT.failed : EXIT.done;
}
