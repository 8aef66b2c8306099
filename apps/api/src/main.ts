import { readEnvironmentOrExit } from '@gantry/service/environment';
import { runServices } from '@gantry/service/lifecycle';
import { createLogger } from '@gantry/service/logger';
import { stopWithParent } from '@gantry/service/stop-with-parent';
import { tracing } from '@gantry/service/tracing';
import { createApi } from './create-api.ts';
import { apiEnvironment } from './env.ts';

stopWithParent();
const env = readEnvironmentOrExit(apiEnvironment, process.env);
const logger = createLogger({ name: 'api', level: env.LOG_LEVEL });

const { services } = createApi(env, logger);
await runServices({ services: [await tracing('api', env), ...services], logger });
