import type { ProcessEnd } from './process-group.ts';
import type { StepError } from './step-result.ts';

/* How the loss of a module's process is told of the steps that ran in it. */

export const LOST_TO_ANOTHER: StepError = {
  code: 'MODULE_CRASHED',
  message: "The module's process was taken down by a step beside this one",
};

export function outOfMemory(maxMemoryMb: number): StepError {
  return { code: 'MODULE_OUT_OF_MEMORY', message: `The module needed more than ${maxMemoryMb} MB of memory` };
}

export function describeEnd(end: ProcessEnd, maxMemoryMb: number): StepError {
  if ('error' in end) return { code: 'MODULE_CRASHED', message: end.error.message };
  const { code, signal } = end;
  // How V8 ends a process whose heap is exhausted.
  if (signal === 'SIGABRT' || code === 134) return outOfMemory(maxMemoryMb);
  const how = signal === null ? `exited with code: ${code}` : `was ended by ${signal}`;
  return { code: 'MODULE_CRASHED', message: `The module's process ${how}` };
}
