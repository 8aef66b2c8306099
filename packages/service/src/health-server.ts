import express from 'express';
import { type HealthOptions, healthRouter } from './health.ts';
import { createHttpService, type HttpService } from './http-service.ts';

export interface HealthServerOptions extends HealthOptions {
  host: string;
  /** 0 for any; a taken one is replaced by a free one. */
  port: number;
}

/** Health and metrics of an app that serves nothing else. */
export function createHealthServer({ host, port, ...options }: HealthServerOptions): HttpService {
  const app = express().disable('x-powered-by').use(healthRouter(options));
  return createHttpService({
    name: 'health',
    handler: app,
    host,
    port,
    logger: options.logger,
    anotherPortIfTaken: true,
  });
}
