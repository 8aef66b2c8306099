import { readEnvironmentOrExit } from '@gantry/service/environment';
import { runServices } from '@gantry/service/lifecycle';
import { createLogger } from '@gantry/service/logger';
import { stopWithParent } from '@gantry/service/stop-with-parent';
import { tracing } from '@gantry/service/tracing';
import { createWorker } from './create-worker.ts';
import { workerEnvironment } from './env.ts';

stopWithParent();
const env = readEnvironmentOrExit(workerEnvironment, process.env);
const logger = createLogger({ name: 'worker', level: env.LOG_LEVEL });

const traces = await tracing('worker', env);
let asked = false;
/** As if the signal had come from outside. */
const onDrain = () => {
  if (!asked) process.kill(process.pid, 'SIGTERM');
  asked = true;
};
await runServices({ services: [traces, ...(await createWorker(env, process.env, logger, onDrain))], logger });
