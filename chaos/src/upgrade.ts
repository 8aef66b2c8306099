/**
 * npm run upgrade-test [ref]: a system of the version before (the newest tag, or the ref given) is replaced by this one,
 * process by process as docs/operations.md says, while events come in; then it is taken back and replaced once more. What
 * was accepted is audited: it has ended, as it must, once. Ends with 1 if anything was found.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { APPS } from '@gantry/launcher/roles';
import { waitFor } from '@gantry/testkit/wait-for';
import { sayErrors, underLoad } from './round.ts';
import { setStage } from './stage.ts';
import { newestRelease, versionBeside } from './version-beside.ts';

const SHAPE = { apis: 2, schedulers: 2, workers: 2 };
const EVENTS_PER_SECOND = 15;
/** Between two processes that are replaced: old and new ones share the work for a while. */
const BESIDE_MS = 3_000;

const say = (line: string) => console.log(line);

const ref = process.argv[2] ?? (await newestRelease());
say(`the version before: ${ref}`);
const before = await versionBeside(ref);

await using stage = await setStage(SHAPE, sayErrors(say), before.apps);
const { findings, lives, acceptedEvents } = await underLoad(
  stage,
  { seed: 1, perSecond: EVENTS_PER_SECOND, say },
  async () => {
    await delay(BESIDE_MS);
    say((await waitFor(migrate, { what: 'the migration' })).trim());
    await delay(BESIDE_MS);
    await roll(APPS, 'this version');
    await roll(before.apps, `back to ${ref}`);
    await roll(APPS, 'this version again');
  },
);
for (const { problem, executionId = '', says } of findings) say(`${problem.toUpperCase()} ${executionId} ${says}`);
say(`${acceptedEvents} events accepted, ${lives.length} executions, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;

/** Schedulers, then apis, then workers, one after the other. */
async function roll(apps: string, to: string): Promise<void> {
  for (const role of ['scheduler', 'api', 'worker']) {
    for (const { name } of stage.system.processes.filter((process) => process.name.startsWith(role))) {
      const sinceMs = performance.now();
      await stage.system.replace(name, apps);
      say(`${name}: ${to}, in ${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`);
      await delay(BESIDE_MS);
    }
  }
}

async function migrate(): Promise<string> {
  const env = { DATABASE_URL: stage.postgres.url };
  const { stdout } = await promisify(execFile)(process.execPath, [resolve(APPS, 'api/src/migrate/main.ts')], { env });
  return stdout;
}
