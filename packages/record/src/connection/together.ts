import type { RawBuilder } from 'kysely';
import type { Tx } from './database.ts';

/**
 * Asks several things of a transaction at once: they are sent together and carried out in order, and none waits until the one
 * before it has been answered.
 * @returns the rows of each
 */
export async function together<Rows extends readonly unknown[]>(
  tx: Tx,
  ...statements: { [Index in keyof Rows]: RawBuilder<Rows[Index]> }
): Promise<{ [Index in keyof Rows]: Rows[Index][] }> {
  const results = await allOver(statements.map((statement) => statement.execute(tx)));
  return results.map(({ rows }) => rows) as { [Index in keyof Rows]: Rows[Index][] };
}

/**
 * For what is done side by side in a transaction: all of it is over, well or not, when this is. Nothing is to be asked any more of a
 * transaction that has failed, since what came then would be outside of it.
 */
export async function allOver<Results extends readonly unknown[]>(
  under: {
    [Index in keyof Results]: Promise<Results[Index]>;
  },
): Promise<Results> {
  await Promise.allSettled(under);
  return (await Promise.all(under)) as unknown as Results;
}
