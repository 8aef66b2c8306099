import { NotLeaderError } from '@gantry/record/leader/leadership';

/** SQLSTATE classes that say something about the data: invalid values, violated constraints, sizes. */
const DATA_CLASSES = ['22', '23', '54'];

/** Whether Postgres may well accept the same later: it was away, or a race was lost. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NotLeaderError) return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !DATA_CLASSES.includes(code.slice(0, 2));
}
