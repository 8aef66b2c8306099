import { resolve } from 'node:path';

const APPS = resolve(import.meta.dirname, '../..');

/** The apps a system is made of. Workers run module code, so they get no credential but that of Redis. */
export const ROLES = {
  api: { entry: resolve(APPS, 'api/src/main.ts'), host: 'HOST', port: 'PORT', withheld: [] },
  scheduler: {
    entry: resolve(APPS, 'scheduler/src/main.ts'),
    host: 'HEALTH_HOST',
    port: 'HEALTH_PORT',
    withheld: ['GANTRY_API_KEY'],
  },
  worker: {
    entry: resolve(APPS, 'worker/src/main.ts'),
    host: 'HEALTH_HOST',
    port: 'HEALTH_PORT',
    withheld: ['GANTRY_API_KEY', 'DATABASE_URL'],
  },
} as const;

export type Role = keyof typeof ROLES;
