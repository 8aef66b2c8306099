import { NotLeaderError } from '@gantry/record/leader/leadership';

/** SQLSTATE classes that say something about the data: invalid values, violated constraints, sizes. */
const DATA_CLASSES = ['22', '23', '54'];

const CONSTRAINT_CLASS = '23';

/** Whether Postgres may well accept the same later: it was away, or a deadlock was resolved against us. */
export function isTransient(error: unknown): boolean {
  return error instanceof NotLeaderError || !DATA_CLASSES.includes(sqlStateClass(error));
}

/** Whether a row that another transaction wrote or removed may be the cause: looking again finds it, or finds it gone. */
export function lostRace(error: unknown): boolean {
  return sqlStateClass(error) === CONSTRAINT_CLASS;
}

function sqlStateClass(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code).slice(0, 2) : '';
}
