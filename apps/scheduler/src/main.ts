import { readEnvironmentOrExit } from '@gantry/service/environment';
import { runServices } from '@gantry/service/lifecycle';
import { createLogger } from '@gantry/service/logger';
import { stopWithParent } from '@gantry/service/stop-with-parent';
import { tracing } from '@gantry/service/tracing';
import { createScheduler } from './create-scheduler.ts';
import { schedulerEnvironment } from './env.ts';

stopWithParent();
const env = readEnvironmentOrExit(schedulerEnvironment, process.env);
const logger = createLogger({ name: 'scheduler', level: env.LOG_LEVEL });

await runServices({ services: [await tracing('scheduler', env), ...createScheduler(env, logger)], logger });
