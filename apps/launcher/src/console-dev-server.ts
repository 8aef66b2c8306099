import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Environment } from './app-process.ts';
import { PortChooser } from './port-chooser.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** What Vite itself would take first. */
const PORT = '5173';

interface ConsoleDevServerOptions {
  /** The api whose console it is. */
  apiUrl: string;
  environment: Environment;
  onLine: (line: string) => void;
}

/** The console with hot reload: Vite, which passes on to the api whatever is not a page. */
export async function startConsoleDevServer({ apiUrl, environment, onLine }: ConsoleDevServerOptions) {
  const port = await new PortChooser().choose(PORT);
  const vite: ChildProcess = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/vite/bin/vite.js'), '--host', '127.0.0.1', '--port', String(port), '--strictPort'],
    {
      cwd: join(ROOT, 'apps/console'),
      env: { ...environment, GANTRY_URL: apiUrl, NO_COLOR: '1' },
      // It ends when its input does: also when the launcher is gone without a word.
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  for (const input of [vite.stdout, vite.stderr]) {
    if (input !== null) createInterface({ input }).on('line', (line) => line.trim() !== '' && onLine(line));
  }
  await once(vite, 'spawn');
  return { url: `http://127.0.0.1:${port}`, stop: () => void vite.kill('SIGTERM') };
}
