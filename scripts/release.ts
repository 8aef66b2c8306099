// `npm run release -- 0.2.0`: gives everything that version, closes the part "Unreleased" of CHANGELOG.md, writes the bill of
// materials to dist/, commits and tags. Nothing is pushed or published.
import { execFileSync } from 'node:child_process';
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const CHANGELOG = resolve(ROOT, 'CHANGELOG.md');
const CHART = resolve(ROOT, 'deploy/helm/gantry/Chart.yaml');
const UNRELEASED = '## Unreleased\n';

const [version] = process.argv.slice(2);
try {
  await release(version ?? '');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function release(wanted: string): Promise<void> {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(wanted)) throw new Error('Say which version: npm run release -- 0.2.0');
  if (run('git', 'status', '--porcelain') !== '') throw new Error('There are changes that are not committed.');
  const tag = `v${wanted}`;
  if (run('git', 'tag', '--list', tag) !== '') throw new Error(`${tag} has been released.`);
  const notes = await closeChangelog(wanted);

  run(
    'npm',
    'version',
    wanted,
    '--workspaces',
    '--include-workspace-root',
    '--no-git-tag-version',
    '--no-workspaces-update',
  );
  run('npm', 'install', '--package-lock-only', '--no-audit', '--no-fund');
  const chart = await readFile(CHART, 'utf8');
  await writeFile(
    CHART,
    chart.replace(/^version: .*$/m, `version: ${wanted}`).replace(/^appVersion: .*$/m, `appVersion: ${wanted}`),
  );
  await giveImagesVersion(wanted);

  await mkdir(resolve(ROOT, 'dist'), { recursive: true });
  const materials = resolve(ROOT, `dist/gantry-${wanted}.cdx.json`);
  await writeFile(materials, run('npm', 'sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--omit', 'dev'));

  run('git', 'add', '--update');
  run('git', 'commit', '--message', `Gantry ${wanted}`);
  run('git', 'tag', '--annotate', tag, '--message', `Gantry ${wanted}\n\n${notes}`, '--cleanup', 'verbatim');
  console.log(`${tag} is tagged; its bill of materials is ${materials}.`);
  console.log('Next: npm run check, npm test; git push --follow-tags; build the images and deploy them by digest.');
}

/** In what is rendered of the chart. */
async function giveImagesVersion(wanted: string): Promise<void> {
  for await (const name of glob('deploy/helm/rendered/*.yaml', { cwd: ROOT })) {
    const file = resolve(ROOT, name);
    const rendered = await readFile(file, 'utf8');
    await writeFile(file, rendered.replaceAll(/(image: gantry-\w+):\S+/g, `$1:${wanted}`));
  }
}

/** @returns what is new in it */
async function closeChangelog(wanted: string): Promise<string> {
  const changelog = await readFile(CHANGELOG, 'utf8');
  const [before, after] = changelog.split(UNRELEASED);
  const notes = after?.split(/^## /m)[0]?.trim();
  if (before === undefined || after === undefined || !notes)
    throw new Error('CHANGELOG.md has nothing under "Unreleased".');
  const day = new Date().toISOString().slice(0, 10);
  await writeFile(CHANGELOG, `${before}${UNRELEASED}\n## ${wanted} (${day})\n${after}`);
  return notes;
}

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 256 * 1024 * 1024,
  }).trim();
}
