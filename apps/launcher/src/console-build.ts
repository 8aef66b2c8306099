import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from '@gantry/service/logger';
import type { Environment } from './app-process.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PAGE = join(ROOT, 'apps/console/dist/index.html');

/** What the build is made of. */
const SOURCES = ['apps/console/{src/**,index.html,package.json,vite.config.ts}', 'packages/client/src/**/*.ts'];

const KEPT_LINES = 20;

/**
 * Builds the console when it is not built, or older than its sources; turbo may have it from before. Without it the
 * system works all the same, so a build that fails is only logged.
 */
export async function buildConsole(environment: Environment, logger: Logger): Promise<void> {
  if (await isBuilt()) return;
  logger.info('building the console; the next start finds it built');
  const turbo = spawn(process.execPath, [join(ROOT, 'node_modules/turbo/bin/turbo'), 'run', 'build'], {
    cwd: join(ROOT, 'apps/console'),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  });
  const lines: string[] = [];
  for (const stream of [turbo.stdout, turbo.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void lines.push(...text.split('\n')));
  }
  const [code] = await once(turbo, 'close');
  if (code === 0) await utimes(PAGE, new Date(), new Date());
  else logger.warn({ code, output: lines.slice(-KEPT_LINES).join('\n') }, 'the console was not built');
}

async function isBuilt(): Promise<boolean> {
  const builtAtMs = await changedAtMs(PAGE);
  if (builtAtMs === undefined) return false;
  for await (const file of glob(SOURCES, { cwd: ROOT })) {
    if (((await changedAtMs(join(ROOT, file))) ?? 0) > builtAtMs) return false;
  }
  return true;
}

async function changedAtMs(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}
