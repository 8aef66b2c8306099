import { type ExecutionStatus, executionStatusNames } from './status.ts';

/**
 * What a command makes of an execution, by the status that it finds. Statuses that are not named it leaves as they are.
 * The guarded updates of the record are made from this table.
 */
const COMMANDS = {
  admit: { REQUESTED: 'PENDING' },
  cancel: { REQUESTED: 'CANCELLED', PENDING: 'CANCELLING', RUNNING: 'CANCELLING' },
  /** It waited too long. One that runs is stopped first: what that comes to, the fold says. */
  expire: { REQUESTED: 'FAILED', PENDING: 'FAILED' },
  /** Nothing more can be learned of it. */
  giveUp: { PENDING: 'FAILED', RUNNING: 'FAILED', CANCELLING: 'CANCELLED' },
  replace: {
    SUCCEEDED: 'PENDING_REPROCESSING',
    FAILED: 'PENDING_REPROCESSING',
    CANCELLED: 'PENDING_REPROCESSING',
    REPROCESSED: 'PENDING_REPROCESSING',
  },
} as const satisfies Record<string, Partial<Record<ExecutionStatus, ExecutionStatus>>>;

export type Command = keyof typeof COMMANDS;

export const commandNames = Object.keys(COMMANDS) as Command[];

/** @returns what becomes of an execution; undefined if the command has nothing to do with one of that status */
export function decide(command: Command, status: ExecutionStatus): ExecutionStatus | undefined {
  const becomes: Partial<Record<ExecutionStatus, ExecutionStatus>> = COMMANDS[command];
  return becomes[status];
}

/** The statuses that a command changes, or only those that it changes to `to`. */
export function statusesFor(command: Command, to?: ExecutionStatus): ExecutionStatus[] {
  return executionStatusNames.filter((status) => {
    const becomes = decide(command, status);
    return becomes !== undefined && (to === undefined || becomes === to);
  });
}
