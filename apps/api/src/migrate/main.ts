// `npm run migrate`: brings the schema of the record to what this version needs, which every app also does at its start.
// With --check it only names the migrations that are missing, and ends with code 1 if any are.
import { openDatabase } from '@gantry/record/connection/database';
import { migrate, missingMigrations } from '@gantry/record/schema/migrate';
import { readEnvironmentOrExit } from '@gantry/service/environment';
import { apiEnvironment } from '../env.ts';

const env = readEnvironmentOrExit(apiEnvironment.pick({ DATABASE_URL: true }), process.env);
const db = openDatabase({ url: env.DATABASE_URL, poolSize: 2, name: 'gantry-migrate', onIdleError: () => {} });
try {
  if (process.argv.includes('--check')) {
    const missing = await missingMigrations(db);
    console.log(missing.length === 0 ? 'The schema is up to date.' : `Missing: ${missing.join(', ')}`);
    process.exitCode = missing.length === 0 ? 0 : 1;
  } else {
    const ran = await migrate(db);
    console.log(ran.length === 0 ? 'The schema was up to date.' : `Migrated: ${ran.join(', ')}`);
  }
} catch (error) {
  console.error(String(error));
  process.exitCode = 2;
} finally {
  await db.destroy();
}
