// `npm test`: starts the servers that all test files share, runs every package's tests through turbo (a package whose
// files did not change is not run again), and closes with what failed, or passed at its second attempt only (CI=true tries
// twice), a line each, and the sum: "N passed, N failed".
// Arguments go to turbo: `npm test -- --filter=@gantry/domain` (one package), `npm test -- --force` (nothing from the cache).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob, readFile, rm } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { serversEnvironment } from '../packages/testkit/src/servers.ts';
import { startSharedServers } from '../packages/testkit/src/start-shared-servers.ts';

const ROOT = resolve(import.meta.dirname, '..');
const REPORTS = '{packages/*,apps/*,bench,chaos}/node_modules/.vitest/report.json';

/** The part of vitest's JSON report that is read here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

interface Sum {
  passed: number;
  failed: number;
  skipped: number;
  /** Each failure, that of a first attempt too, in a line: where, which test, the first line of why. */
  failures: string[];
}

let interrupted = false;
let interrupt = (_signal: NodeJS.Signals): void => undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    interrupt(signal);
  });
}

for await (const file of glob(REPORTS, { cwd: ROOT })) await rm(resolve(ROOT, file));
const turboSucceeded = await runTurbo(process.argv.slice(2));
const { passed, skipped, ...sum } = await sumReports();
// What failed besides a test (a crash, a type error in a config) must not end in "0 failed".
const failed = turboSucceeded ? sum.failed : Math.max(sum.failed, 1);
for (const failure of sum.failures) console.log(failure);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function runTurbo(args: readonly string[]): Promise<boolean> {
  const servers = await startSharedServers();
  try {
    if (interrupted) return false;
    const turbo = spawn('turbo', ['run', 'test', '--concurrency=2', '--continue', '--output-logs=new-only', ...args], {
      cwd: ROOT,
      stdio: 'inherit',
      env: {
        ...process.env,
        ...serversEnvironment(servers),
        TURBO_TELEMETRY_DISABLED: '1',
        TURBO_NO_UPDATE_NOTIFIER: '1',
      },
    });
    interrupt = (signal) => void turbo.kill(signal);
    const [code] = await once(turbo, 'close');
    return code === 0 && !interrupted;
  } finally {
    await servers.stop();
  }
}

async function sumReports(): Promise<Sum> {
  const sum: Sum = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for await (const file of glob(REPORTS, { cwd: ROOT })) {
    const report = JSON.parse(await readFile(resolve(ROOT, file), 'utf8')) as Report;
    sum.passed += report.numPassedTests;
    sum.skipped += report.numPendingTests + report.numTodoTests;
    sum.failed += report.numFailedTests + report.testResults.filter(failedAsAWhole).length;
    sum.failures.push(...report.testResults.flatMap(failuresOf));
  }
  return sum;
}

function failuresOf(file: Report['testResults'][number]): string[] {
  const path = relative(ROOT, file.name);
  if (failedAsAWhole(file)) return [`failed: ${path}: ${firstLine(file.message)}`];
  return file.assertionResults
    .filter(({ failureMessages }) => failureMessages.length > 0)
    .map(({ status, fullName, failureMessages: [message = ''] }) => {
      const how = status === 'failed' ? 'failed' : 'failed once';
      return `${how}: ${path} > ${fullName}: ${firstLine(message)}`;
    });
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.slice(0, 300) ?? '';
}

/** A file that could not be loaded, or whose hooks failed, counts once. */
function failedAsAWhole(file: Report['testResults'][number]): boolean {
  return file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed');
}
