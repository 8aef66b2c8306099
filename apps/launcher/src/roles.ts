import { resolve } from 'node:path';

const APPS = resolve(import.meta.dirname, '../..');

/** The apps a system is made of. Workers run module code, so they get no credential but that of Redis, and the token by which they ask the api for secrets. */
export const ROLES = {
  api: { entry: resolve(APPS, 'api/src/main.ts'), host: 'HOST', port: 'PORT', withheld: [] },
  scheduler: {
    entry: resolve(APPS, 'scheduler/src/main.ts'),
    host: 'HEALTH_HOST',
    port: 'HEALTH_PORT',
    withheld: ['GANTRY_API_KEY', 'GANTRY_SECRETS_KEY', 'GANTRY_WORKER_TOKEN'],
  },
  worker: {
    entry: resolve(APPS, 'worker/src/main.ts'),
    host: 'HEALTH_HOST',
    port: 'HEALTH_PORT',
    withheld: ['GANTRY_API_KEY', 'GANTRY_SECRETS_KEY', 'DATABASE_URL'],
  },
} as const;

export type Role = keyof typeof ROLES;
