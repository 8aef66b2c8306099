import pg from 'pg';
import { DatabaseSilentError } from './pulse.ts';

/**
 * Postgres codes that say "not now": it is starting, stopping, out of disk, memory or connections, somebody holds a lock, or
 * it did not answer within the statement timeout.
 */
const UNAVAILABLE_CODES = new Set([
  ...['57014', '57P01', '57P02', '57P03', '57P05', '25006', '25P03', '55P03'],
  ...['53000', '53100', '53200', '53300', '53400', '58000', '58030'],
]);
const UNIQUE_VIOLATION = '23505';

/** What the driver says, without a code, when there is no connection to be had or it broke. */
const CONNECTION_LOST =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|not queryable/;

const NETWORK_CODES = new Set<unknown>([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN'],
  ...['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'],
]);

/** Whether Postgres is away, so that the same statement may well succeed later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    return error.code !== undefined && (UNAVAILABLE_CODES.has(error.code) || error.code.startsWith('08'));
  }
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  if (error instanceof DatabaseSilentError) return true;
  if (!(error instanceof Error)) return false;
  // A file system says the same of itself in other codes, but for the way to the socket of a local Postgres.
  const { code, syscall } = error as NodeJS.ErrnoException;
  return CONNECTION_LOST.test(error.message) || NETWORK_CODES.has(code) || syscall === 'connect';
}

/** Whether a row that holds the same value stands in the way. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === constraint;
}
