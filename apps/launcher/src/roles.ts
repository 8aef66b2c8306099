import { resolve } from 'node:path';

/** Folder of the apps of this version. */
export const APPS = resolve(import.meta.dirname, '../..');

/** The apps a system is made of, `entry` within the folder of the apps. Workers run module code, so they get no credential but that of Redis, and the token by which they ask the api for secrets. */
export const ROLES = {
  api: { entry: 'api/src/main.ts', host: 'HOST', port: 'PORT', withheld: [] },
  scheduler: {
    entry: 'scheduler/src/main.ts',
    host: 'HEALTH_HOST',
    port: 'HEALTH_PORT',
    withheld: ['GANTRY_API_KEY', 'GANTRY_SECRETS_KEY', 'GANTRY_WORKER_TOKEN'],
  },
  worker: {
    entry: 'worker/src/main.ts',
    host: 'HEALTH_HOST',
    port: 'HEALTH_PORT',
    withheld: ['GANTRY_API_KEY', 'GANTRY_SECRETS_KEY', 'DATABASE_URL'],
  },
} as const;

export type Role = keyof typeof ROLES;
