import type { ExecutionJob } from './execution-job.ts';
import type { ExecutionChange } from './http/execution-change.ts';

/** An execution that is to be stopped, and its epoch in the record. */
export interface BrakeTarget {
  executionId: string;
  epoch: number;
}

/** What a commit of the record means for Redis. Carried out once it is there; to do so twice changes nothing. */
export interface AfterCommit {
  /** Executions for the planner, in this order. */
  enqueue: ExecutionJob[];
  brake: BrakeTarget[];
  /** Executions that are finished: their permissions are taken back. */
  forget: string[];
  /** For those who watch. */
  changes: ExecutionChange[];
}

/** What a write operation of the record gives back. */
export interface Committed<T> {
  result: T;
  after: AfterCommit;
}
