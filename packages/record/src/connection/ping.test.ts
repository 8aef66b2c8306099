import { freshDatabase } from '@gantry/testkit/fresh-database';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './database.ts';
import { checkWritable, ping } from './ping.ts';

test('a Postgres that is read-only answers, and is not to be worked with', async () => {
  const database = await freshDatabase();
  const db = openDatabase({ url: database.url, poolSize: 1, name: 'ping-test', onIdleError: () => {} });
  onTestFinished(async () => {
    await db.destroy();
    await database.drop();
  });
  await checkWritable(db);
  await sql`set default_transaction_read_only = on`.execute(db);
  await ping(db);
  await expect(checkWritable(db)).rejects.toThrow('read-only');
  await sql`set default_transaction_read_only = off`.execute(db);
  await checkWritable(db);
});
