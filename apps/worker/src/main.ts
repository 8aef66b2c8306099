import { readEnvironmentOrExit } from '@gantry/service/environment';
import { runServices } from '@gantry/service/lifecycle';
import { createLogger } from '@gantry/service/logger';
import { stopWithParent } from '@gantry/service/stop-with-parent';
import { createWorker } from './create-worker.ts';
import { workerEnvironment } from './env.ts';

stopWithParent();
const env = readEnvironmentOrExit(workerEnvironment, process.env);
const logger = createLogger({ name: 'worker', level: env.LOG_LEVEL });

await runServices({ services: await createWorker(env, process.env, logger), logger });
