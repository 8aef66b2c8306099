import { Router } from 'express';
import type { Logger } from './logger.ts';

/** Resolves when the thing works; its error is logged, and not shown unless it is a HealthProblem. */
export type HealthCheck = () => Promise<unknown>;

/** Why a check fails, in words that anyone may read. */
export class HealthProblem extends Error {
  override readonly name = 'HealthProblem';
}

/** Why a thing works in part only, while the app does what it is asked all the same: it stays ready. */
export class Degraded extends HealthProblem {}

export interface HealthOptions {
  checks: Readonly<Record<string, HealthCheck>>;
  metrics: { readonly contentType: string; scrape(): Promise<string> };
  logger: Logger;
  /** A check that takes longer counts as failed. */
  checkTimeoutMs?: number;
}

interface Readiness {
  status: 'ok' | 'degraded' | 'unavailable';
  checks: Record<string, 'ok' | 'degraded' | 'failed' | 'timeout'>;
  reasons: Record<string, string>;
}

/** GET /health/live, /health/ready (503 naming what failed, 200 with what is degraded) and /metrics; none of them needs a key. */
export function healthRouter(options: HealthOptions): Router {
  const readiness = sharedWhileUnderWay(() => runChecks(options));
  const router = Router();
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/health/ready', async (_request, response) => {
    const { status, checks, reasons } = await readiness();
    const why = Object.keys(reasons).length > 0 ? { reasons } : {};
    response.status(status === 'unavailable' ? 503 : 200).json({ status, checks, ...why });
  });
  router.get('/metrics', async (_request, response) => {
    response.type(options.metrics.contentType).send(await options.metrics.scrape());
  });
  return router;
}

/** Anyone may ask: however many do at once, the servers behind are asked once. */
function sharedWhileUnderWay<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => {
    underWay ??= work().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

async function runChecks({ checks, logger, checkTimeoutMs = 2_000 }: HealthOptions): Promise<Readiness> {
  const reasons: Readiness['reasons'] = {};
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        return [name, await withTimeout(check(), checkTimeoutMs)] as const;
      } catch (error) {
        logger.warn({ err: error, check: name }, 'health check failed');
        if (error instanceof HealthProblem) reasons[name] = error.message;
        return [name, error instanceof Degraded ? 'degraded' : 'failed'] as const;
      }
    }),
  );
  return { status: statusOf(results.map(([, result]) => result)), checks: Object.fromEntries(results), reasons };
}

function statusOf(results: readonly Readiness['checks'][string][]): Readiness['status'] {
  if (results.some((result) => result === 'failed' || result === 'timeout')) return 'unavailable';
  return results.includes('degraded') ? 'degraded' : 'ok';
}

async function withTimeout(work: Promise<unknown>, timeoutMs: number): Promise<'ok' | 'timeout'> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), timeoutMs);
  });
  try {
    return await Promise.race([work.then(() => 'ok' as const), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
