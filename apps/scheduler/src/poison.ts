import { isRefusal } from '@gantry/dispatch/refusal';

/** SQLSTATE classes that say something about the data: invalid values, violated constraints, sizes. */
const DATA_CLASSES = ['22', '23', '54'];
const CONSTRAINT_CLASS = '23';

/** A statement, or what was done between two of them, took longer than it may. */
const TOOK_TOO_LONG = ['57014', '25P03'];

/**
 * Whether what was worked on is the cause, so that trying all of it again would fail again: it is halved until the bad one
 * is found. Everything else passes: a server was away, full or busy, or another scheduler leads.
 */
export function isPoison(error: unknown): boolean {
  if (isRefusal(error) || tookTooLong(error)) return true;
  return DATA_CLASSES.includes(sqlState(error).slice(0, 2)) || isMistake(error);
}

/** Whether trying the same again may help: a row that another transaction wrote or removed may be the cause, or haste. */
export function mayPass(error: unknown): boolean {
  return sqlState(error).startsWith(CONSTRAINT_CLASS) || tookTooLong(error);
}

function tookTooLong(error: unknown): boolean {
  return TOOK_TOO_LONG.includes(sqlState(error));
}

/** Code that stumbled over a value nobody thought of. */
function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
