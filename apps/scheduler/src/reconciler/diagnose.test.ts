import type { Permission } from '@gantry/dispatch/execution-permissions';
import type { UnfinishedExecution } from '@gantry/record/reconcile/find-unfinished';
import { expect, test } from 'vitest';
import { type Diagnosis, diagnose, type Traces } from './diagnose.ts';

const PENDING: UnfinishedExecution = { id: 'x', status: 'PENDING', epoch: 0, stopping: false, queueBatch: null };
const RUNNING: UnfinishedExecution = { ...PENDING, status: 'RUNNING', epoch: 2 };
const TIMED_OUT: UnfinishedExecution = { ...RUNNING, stopping: true };
const CANCELLING: UnfinishedExecution = { ...RUNNING, status: 'CANCELLING' };

const OPEN: Permission = { epoch: 2, open: true, leased: false, runtime: 'a/b', slice: 0, done: false };
const LEASED: Permission = { ...OPEN, leased: true };
const CLOSED: Permission = { ...OPEN, open: false };
const LEASED_AND_CLOSED: Permission = { ...LEASED, open: false };
const DONE: Permission = { ...CLOSED, done: true };

const NOTHING: Traces = { permission: undefined, executionJob: false, sliceJob: 'absent' };

const table: [string, UnfinishedExecution, Partial<Traces>, Diagnosis][] = [
  ['waits for the planner', PENDING, { executionJob: true }, 'fine'],
  ['is not in the queue of the planner', PENDING, {}, 'replan'],
  ['was planned, which is not folded yet', PENDING, { permission: { ...OPEN, epoch: 1 }, sliceJob: 'waiting' }, 'fine'],
  ['waits for a worker', RUNNING, { permission: OPEN, sliceJob: 'waiting' }, 'fine'],
  ['is run by a worker', RUNNING, { permission: LEASED, sliceJob: 'held' }, 'fine'],
  ['waits to be taken over from a lost worker', RUNNING, { permission: LEASED, sliceJob: 'waiting' }, 'fine'],
  ['has a permission and no job', RUNNING, { permission: OPEN }, 'replan'],
  ['has a lease and no job', RUNNING, { permission: LEASED }, 'replan'],
  ['has no permission', RUNNING, {}, 'replan'],
  ['has a job and no permission', RUNNING, { sliceJob: 'waiting' }, 'replan'],
  [
    'has the permission of an older planning',
    RUNNING,
    { permission: { ...OPEN, epoch: 1 }, sliceJob: 'waiting' },
    'replan',
  ],
  ['was closed without being stopped', RUNNING, { permission: CLOSED, sliceJob: 'waiting' }, 'replan'],
  ['is done, and its end was lost', RUNNING, { permission: DONE }, 'replan'],
  ['is to be planned again', RUNNING, { executionJob: true }, 'fine'],
  ['is cancelled and was not told', CANCELLING, { permission: OPEN, sliceJob: 'waiting' }, 'brake'],
  ['is cancelled and its worker was not told', CANCELLING, { permission: LEASED, sliceJob: 'held' }, 'brake'],
  ['is cancelled while a worker stops it', CANCELLING, { permission: LEASED_AND_CLOSED, sliceJob: 'held' }, 'fine'],
  [
    'is cancelled and its worker was lost',
    CANCELLING,
    { permission: LEASED_AND_CLOSED, sliceJob: 'waiting' },
    'stopped',
  ],
  ['is cancelled, worker and job are gone', CANCELLING, { permission: LEASED_AND_CLOSED }, 'stopped'],
  ['is cancelled and its stop was lost', CANCELLING, { permission: CLOSED }, 'stopped'],
  ['is cancelled and has nothing', CANCELLING, {}, 'stopped'],
  ['is cancelled while the planner has it', CANCELLING, { executionJob: true }, 'stopped'],
  ['is cancelled and done', CANCELLING, { permission: DONE }, 'stopped'],
  ['is past its deadline and was not told', TIMED_OUT, { permission: LEASED, sliceJob: 'held' }, 'brake'],
  [
    'is past its deadline while a worker stops it',
    TIMED_OUT,
    { permission: LEASED_AND_CLOSED, sliceJob: 'held' },
    'fine',
  ],
  ['is past its deadline and has nothing', TIMED_OUT, {}, 'stopped'],
];

test.each(table)('an execution that %s', (_what, execution, traces, diagnosis) => {
  expect(diagnose(execution, { ...NOTHING, ...traces })).toBe(diagnosis);
});
