import { SCRIPT_FIRST_LINE } from './script-prelude.ts';
import type { StepError } from './step-result.ts';

/** Lines as the author counts them. */
export function framesOf(stack: string): NonNullable<StepError['stackTrace']> {
  return stack.split('\n').flatMap((frame) => {
    // What cannot be read has no function that it is in.
    const match = /^\s+at (?:(.+?) \()?script\.js:(\d+)(?::(\d+))?\)?$/.exec(frame.slice(0, 1_000));
    if (match === null) return [];
    const line = Number(match[2]) - SCRIPT_FIRST_LINE + 1;
    return [{ function: match[1] ?? 'script', file: 'script', line, column: Number(match[3] ?? 1) }];
  });
}
