import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * The browser of this machine; on Debian it is installed when missing and this user may.
 * @returns undefined when there is none, and it can be done without
 * @throws with what to install when CI=true
 */
export function findChromium(): string | undefined {
  const found = process.env['CHROMIUM_PATH'] ?? PLACES.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
    const installed = PLACES.find((path) => existsSync(path));
    if (installed !== undefined) return installed;
  }
  const advice = 'The tests of the console need a browser: apt-get install chromium, or set CHROMIUM_PATH.';
  if (process.env['CI'] === 'true') throw new Error(advice);
  process.stderr.write(`${advice}\n`);
  return undefined;
}
