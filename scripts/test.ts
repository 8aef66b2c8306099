// `npm test`: starts the servers that all test files share, runs every package's tests through turbo (a package whose
// files did not change is not run again), and closes with what failed, or passed at its second try only (with CI=true a file
// in which something failed is run once more, when all else is over), a line each, and the sum: "N passed, N failed".
// Arguments go to turbo: `npm test -- --filter=@gantry/domain` (one package), `npm test -- --force` (nothing from the cache).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob, readFile, rm } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { serversEnvironment } from '../packages/testkit/src/servers.ts';
import { startSharedServers } from '../packages/testkit/src/start-shared-servers.ts';
import { AGAIN, type PackageReport, readReports, removeReports, sumUp } from './test-report.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SUMMARIES = '.turbo/runs/*.json';
/** More that fail are no accident. */
const MAX_FILES_AGAIN = 5;

let interrupted = false;
let interrupt = (_signal: NodeJS.Signals): void => undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    interrupt(signal);
  });
}

await removeReports(ROOT);
const succeeded = await runTests(process.argv.slice(2));
const { passed, skipped, ...sum } = await sumUp(ROOT, await readReports(ROOT));
// What failed besides a test (a crash, a type error in a config) must not end in "0 failed".
const failed = succeeded ? sum.failed : Math.max(sum.failed, 1);
for (const failure of sum.failures) console.log(failure);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function runTests(args: readonly string[]): Promise<boolean> {
  const servers = await startSharedServers();
  const env = { ...process.env, ...serversEnvironment(servers) };
  try {
    if (interrupted) return false;
    return (await runTurbo(args, env)) || (process.env['CI'] === 'true' && (await runFailedAgain(env)));
  } finally {
    await servers.stop();
  }
}

async function runTurbo(args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  for await (const summary of glob(SUMMARIES, { cwd: ROOT })) await rm(resolve(ROOT, summary));
  const how = ['--concurrency=2', '--continue', '--output-logs=new-only', '--summarize'];
  const quiet = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  return end(
    spawn('turbo', ['run', 'test', ...how, ...args], { cwd: ROOT, stdio: 'inherit', env: { ...env, ...quiet } }),
  );
}

/** @returns whether all that failed were tests, and their files passed this time */
async function runFailedAgain(env: NodeJS.ProcessEnv): Promise<boolean> {
  const failed = await failedFolders();
  const reports = (await readReports(ROOT)).filter(({ folder }) => failed.includes(folder));
  const files = reports.flatMap(failedFiles);
  const allTold = reports.length === failed.length && reports.every((report) => failedFiles(report).length > 0);
  if (interrupted || !allTold || files.length === 0 || files.length > MAX_FILES_AGAIN) return false;
  let passed = true;
  for (const report of reports) {
    if (interrupted) return false;
    const paths = failedFiles(report).map((file) => relative(report.folder, file));
    const config = relative(report.folder, resolve(ROOT, 'vitest.config.ts'));
    const how = ['--config', config, `--outputFile.json=${AGAIN}`];
    const again = spawn('vitest', ['run', ...how, ...paths], { cwd: report.folder, stdio: 'inherit', env });
    passed = (await end(again)) && passed;
  }
  return passed;
}

function failedFiles({ files }: PackageReport): string[] {
  return files.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/** Of the packages whose tests ended with an error, by what turbo tells of its run. */
async function failedFolders(): Promise<string[]> {
  const failed: string[] = [];
  for await (const summary of glob(SUMMARIES, { cwd: ROOT })) {
    const { tasks } = JSON.parse(await readFile(resolve(ROOT, summary), 'utf8')) as {
      tasks: { directory: string; execution?: { exitCode?: number } }[];
    };
    for (const { directory, execution } of tasks) {
      if (execution?.exitCode !== undefined && execution.exitCode !== 0) failed.push(resolve(ROOT, directory));
    }
  }
  return failed;
}

/** @returns whether it ended well, and on its own */
async function end(child: ChildProcess): Promise<boolean> {
  interrupt = (signal) => void child.kill(signal);
  const [code] = await once(child, 'close');
  return code === 0 && !interrupted;
}
