import { glob, readFile, rm } from 'node:fs/promises';
import { relative, resolve } from 'node:path';

const PACKAGES = '{packages/*,apps/*,bench,chaos}';
/** Of a package's tests, and of its files that were run once more. */
const FIRST = 'node_modules/.vitest/report.json';
export const AGAIN = 'node_modules/.vitest/again.json';

/** A test file, as vitest's JSON report tells of it: the part that is read here. */
interface FileReport {
  /** Its path. */
  name: string;
  status: string;
  message: string;
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
}

/** A package whose tests have run. */
export interface PackageReport {
  folder: string;
  files: FileReport[];
}

export interface Sum {
  passed: number;
  failed: number;
  skipped: number;
  /** Each failure, that of a first try too, in a line: where, which test, the first line of why. */
  failures: string[];
}

export async function removeReports(root: string): Promise<void> {
  for await (const file of glob([`${PACKAGES}/${FIRST}`, `${PACKAGES}/${AGAIN}`], { cwd: root })) {
    await rm(resolve(root, file));
  }
}

/** Of the packages that were run, or that turbo remembers. */
export async function readReports(root: string): Promise<PackageReport[]> {
  const reports: PackageReport[] = [];
  for await (const folder of glob(PACKAGES, { cwd: root })) {
    const files = await filesIn(resolve(root, folder, FIRST));
    if (files !== undefined) reports.push({ folder: resolve(root, folder), files });
  }
  return reports;
}

/** What failed in a file that passes when it is run again has failed once, and counts as passed. */
export async function sumUp(root: string, reports: readonly PackageReport[]): Promise<Sum> {
  const sum: Sum = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const { folder, files } of reports) {
    const again = new Map((await filesIn(resolve(folder, AGAIN)))?.map((file) => [file.name, file]));
    for (const file of files) add(sum, file, again.get(file.name) ?? file, relative(root, file.name));
  }
  return sum;
}

function add(sum: Sum, first: FileReport, last: FileReport, path: string): void {
  for (const { status } of last.assertionResults) {
    if (status === 'passed') sum.passed += 1;
    else if (status === 'failed') sum.failed += 1;
    else sum.skipped += 1;
  }
  if (failedAsAWhole(last)) sum.failed += 1;
  const stillFailing = new Set(failuresOf(last).map(({ what }) => what));
  const failures = last === first ? failuresOf(first) : [...failuresOf(first), ...failuresOf(last)];
  const lines = failures.map(
    ({ what, why }) => `${stillFailing.has(what) ? 'failed' : 'failed once'}: ${path}${what}: ${why}`,
  );
  sum.failures.push(...new Set(lines));
}

function failuresOf(file: FileReport): { what: string; why: string }[] {
  if (failedAsAWhole(file)) return [{ what: '', why: firstLine(file.message) }];
  return file.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages: [message = ''] }) => ({ what: ` > ${fullName}`, why: firstLine(message) }));
}

/** A file that could not be loaded, or whose hooks failed, counts once. */
function failedAsAWhole(file: FileReport): boolean {
  return file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed');
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.slice(0, 300) ?? '';
}

async function filesIn(report: string): Promise<FileReport[] | undefined> {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { testResults: FileReport[] }).testResults;
}
