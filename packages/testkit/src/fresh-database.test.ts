import { Client } from 'pg';
import { expect, test } from 'vitest';
import { freshDatabase } from './fresh-database.ts';

test('every fresh database is empty and its own, and can be dropped while in use', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
  const client = new Client({ connectionString: one.url });
  client.on('error', () => undefined); // dropping ends the connection
  await client.connect();
  await client.query('CREATE TABLE kept (id int)');

  const other = new Client({ connectionString: two.url });
  await other.connect();
  const tables = await other.query("SELECT 1 FROM pg_tables WHERE tablename = 'kept'");
  expect(tables.rows).toEqual([]);
  await other.end();

  await Promise.all([one.drop(), two.drop()]);
  const late = new Client({ connectionString: one.url });
  await expect(late.connect()).rejects.toMatchObject({ code: '3D000' });
});
