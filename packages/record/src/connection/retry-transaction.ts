import type { Committed } from '@gantry/contracts/after-commit';
import type { Database, Tx } from './database.ts';
import { transaction } from './transaction.ts';

const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const LOST_RACES: readonly unknown[] = [DEADLOCK, SERIALIZATION_FAILURE, UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION];

const ATTEMPTS = 5;

/** Thrown by work that has guessed what it would find, and was wrong: it is begun anew, and looks. */
export class WrongGuessError extends Error {
  override readonly name = 'WrongGuessError';

  constructor() {
    super('it is not as it was guessed');
  }
}

/**
 * Runs `work` in a transaction, again from the start when it lost a race: a deadlock, or a unique key that somebody
 * else took, or a row that somebody removed, between looking and writing (looking again finds how it is now).
 * `work` is told which attempt it is, from 1.
 */
export async function retryTransaction<T>(
  db: Database,
  work: (tx: Tx, attempt: number) => Promise<T>,
): Promise<Committed<T>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction(db, (tx) => work(tx, attempt));
    } catch (error) {
      if (attempt === ATTEMPTS || !hasLostRace(error)) throw error;
    }
  }
}

/** Whether a transaction failed for what others did meanwhile: begun anew, it finds how it is now. */
export function hasLostRace(error: unknown): boolean {
  if (error instanceof WrongGuessError) return true;
  return error instanceof Error && 'code' in error && LOST_RACES.includes(error.code);
}
