import type { StepError, StepRequest } from './step-result.ts';
import type { StepEnd, StepReport } from './step-runner.ts';

/* What the runner of scripts and its threads say to each other. A thread runs one script at a time. */

export interface ScriptLimits {
  /** Of all that a script holds. */
  maxMemoryMb: number;
  /** Bytes of the stack; a script that calls deeper fails. */
  maxStackBytes: number;
  /** About so many instructions of a script are run; more is SCRIPT_TOO_LONG. */
  maxInstructions: number;
  maxOutputBytes: number;
}

export type ScriptOrder =
  /** `stop` holds one number: anything but 0 ends the script at its next instruction. */
  | { kind: 'run'; script: string; request: StepRequest; limits: ScriptLimits; stop: Int32Array }
  /** The same for a script that waits. */
  | { kind: 'stop' }
  | { kind: 'answer'; id: number; answer: ScriptAnswer };

export type ScriptAnswer = { value: string } | { error: Pick<StepError, 'code' | 'message'> };

export type ScriptMessage =
  | StepReport
  | { kind: 'ask'; id: number; question: ScriptQuestion }
  | { kind: 'end'; end: Exclude<StepEnd, { outcome: 'crashed' }> };

export type ScriptQuestion =
  | { what: 'secret'; name: string }
  | { what: 'read-content'; ref: string }
  | { what: 'write-content'; text: string; contentType: string; name: string | null; temporary: boolean };
