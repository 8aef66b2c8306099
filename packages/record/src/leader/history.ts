import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';

/** Which history of the record this is, and how far it has come. */
export interface History {
  lineage: string;
  /** Grows with every look of the leader, and is set back only with the record. */
  beat: number;
}

export async function readHistory(db: Database | Tx): Promise<History> {
  const { rows } = await sql<History>`select lineage, beat from leader`.execute(db);
  if (rows[0] === undefined) throw new RangeError('the record has one leader row');
  return rows[0];
}
