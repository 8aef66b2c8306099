import { exitIfSettings, readEnvironmentOrExit } from '@gantry/service/environment';
import { runServices } from '@gantry/service/lifecycle';
import { createLogger } from '@gantry/service/logger';
import { readArgumentsOrExit } from './arguments.ts';
import { printBanner } from './banner.ts';
import { startConsoleDevServer } from './console-dev-server.ts';
import { launcherEnvironment } from './env.ts';
import { logPrinter } from './log-printer.ts';
import { alreadyRunning, findRunningStart } from './running-start.ts';
import { startGantry } from './start-gantry.ts';
import { watchSources } from './watch-sources.ts';

/** Three roles may take 30 s each to stop, and the servers come after them. */
const STOP_LIMIT_MS = 120_000;

const { workers, jsonLogs, watch } = readArgumentsOrExit(process.argv.slice(2));
const env = readEnvironmentOrExit(launcherEnvironment, process.env);
const running = await findRunningStart(env.GANTRY_DATA_DIR);
if (running !== undefined) {
  process.stderr.write(`${alreadyRunning(env.GANTRY_DATA_DIR, running)}\n`);
  process.exit(1);
}

let consoleUrl: string | undefined;
const print = logPrinter({ out: process.stdout, json: jsonLogs, consoleUrl: () => consoleUrl });
const logger = createLogger(
  { name: 'gantry', level: env.LOG_LEVEL },
  { write: (line) => print('gantry', line.trimEnd()) },
);

let unwatch = () => {};
let stopConsole = () => {};
let starting: ReturnType<typeof startGantry> | undefined;
const gantry = {
  name: 'gantry',
  start: async () => {
    starting = startGantry({ env, environment: process.env, workers, logger, onLog: print });
    const started = await starting.catch(exitIfSettings);
    const { apiUrl } = started.system;
    let { signInLink } = started;
    if (watch) {
      const onLine = (line: string) => print('console', line);
      const pages = await startConsoleDevServer({ apiUrl, environment: process.env, onLine });
      stopConsole = pages.stop;
      signInLink = signInLink.replace(apiUrl, pages.url);
    }
    // With --json-logs stdout is for lines of JSON alone.
    printBanner({ ...started, signInLink, env, out: jsonLogs ? process.stderr : process.stdout });
    if (watch) {
      unwatch = watchSources(() => {
        for (const app of started.system.processes) app.kill('SIGTERM'); // what ends is started again
      });
    }
  },
  stop: async () => {
    unwatch();
    stopConsole();
    const started = await starting?.catch(() => undefined);
    await started?.stop();
  },
};
await runServices({ services: [gantry], logger, stopTimeoutMs: STOP_LIMIT_MS });
