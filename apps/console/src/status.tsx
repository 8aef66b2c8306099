import type { Execution, Step } from '@gantry/contracts/http/execution';

type ExecutionStatus = Execution['status'];

interface Look {
  word: string;
  tone: 'ok' | 'bad' | 'busy' | 'wait' | 'off';
  moving?: true;
  hollow?: true;
}

const LOOKS: Readonly<Record<ExecutionStatus, Look>> = {
  REQUESTED: { word: 'Held back', tone: 'wait', hollow: true },
  PENDING: { word: 'Waiting', tone: 'wait' },
  RUNNING: { word: 'Running', tone: 'busy', moving: true },
  SUCCEEDED: { word: 'Succeeded', tone: 'ok' },
  FAILED: { word: 'Failed', tone: 'bad' },
  SKIPPED: { word: 'Skipped', tone: 'off', hollow: true },
  CANCELLING: { word: 'Cancelling', tone: 'off', moving: true },
  CANCELLED: { word: 'Cancelled', tone: 'off' },
  PENDING_REPROCESSING: { word: 'Being replaced', tone: 'busy', hollow: true },
  REPROCESSED: { word: 'Replaced', tone: 'off', hollow: true },
};

export const UNFINISHED: readonly ExecutionStatus[] = ['REQUESTED', 'PENDING', 'RUNNING', 'CANCELLING'];

export const statusWords = Object.keys(LOOKS);

interface StatusProps {
  status: ExecutionStatus | Step['status'];
  /** No worker has begun with it. */
  queued?: boolean;
  detail?: string | undefined;
}

const QUEUED: Look = { word: 'Queued', tone: 'wait' };

/** A dot and a word: the word alone says it too, for who does not see the colour. */
export function Status({ status, queued = false, detail }: StatusProps) {
  const { word, tone, moving = false, hollow = false } = queued ? QUEUED : LOOKS[status];
  return (
    <span className="status" data-tone={tone} data-moving={moving} data-hollow={hollow}>
      {word}
      {detail !== undefined && <span className="muted">{detail}</span>}
    </span>
  );
}

/** It runs as far as the engine is concerned, but waits for a worker still. */
export function isQueued({ status, startDate }: Pick<Execution, 'status' | 'startDate'>): boolean {
  return status === 'RUNNING' && startDate === null;
}

export function statusWord(execution: Pick<Execution, 'status' | 'startDate'>): string {
  return (isQueued(execution) ? QUEUED : LOOKS[execution.status]).word.toLowerCase();
}

export function toneOf(status: ExecutionStatus | Step['status']): Look['tone'] {
  return LOOKS[status].tone;
}
