import type { Logger } from './logger.ts';
import { giveMemoryBackAtRest } from './memory-at-rest.ts';
import type { Service } from './service.ts';

/** Ctrl-C below npm arrives twice, from the terminal and forwarded by npm: that is one request. */
const ECHO_MS = 1_000;

export interface RunOptions {
  /** Started in this order, stopped in the reverse. */
  services: readonly Service[];
  logger: Logger;
  /** A stop that takes longer ends the process with code 1. */
  stopTimeoutMs?: number;
}

/**
 * Runs an app until SIGTERM, SIGINT or an error nobody caught, then stops what was started and ends the process: code 0
 * after an orderly stop that was asked for, 1 otherwise. Another signal a second later or more ends it at once.
 */
export async function runServices({ services, logger, stopTimeoutMs = 25_000 }: RunOptions): Promise<void> {
  const started: Service[] = [];
  let stopping = false;
  let signalledAtMs = Number.NEGATIVE_INFINITY;

  const stop = async (exitCode: number) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      logger.fatal({ stopTimeoutMs }, 'did not stop in time');
      process.exit(1);
    }, stopTimeoutMs);
    process.exit(await stopInReverse(started, logger, exitCode));
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const echo = performance.now() - signalledAtMs < ECHO_MS;
    if (echo) return;
    signalledAtMs = performance.now();
    logger.info({ signal }, stopping ? 'another signal: ending at once' : 'stopping');
    if (stopping) process.exit(1);
    void stop(0);
  };
  const onError = (error: unknown) => {
    logger.fatal({ err: error }, 'uncaught error: stopping');
    void stop(1);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  process.on('uncaughtException', onError).on('unhandledRejection', onError);

  for (const service of services) {
    if (stopping) return;
    // A service that failed half-way is stopped too: stop() closes whatever start() got to open.
    started.push(service);
    try {
      await service.start();
    } catch (error) {
      if (stopping) return; // it was stopped while it started
      logger.fatal({ err: error, service: service.name }, 'could not start');
      await stop(1);
      return;
    }
    logger.debug({ service: service.name }, 'started');
  }
  giveMemoryBackAtRest();
}

async function stopInReverse(services: readonly Service[], logger: Logger, exitCode: number): Promise<number> {
  let code = exitCode;
  for (const service of services.toReversed()) {
    try {
      await service.stop();
      logger.debug({ service: service.name }, 'stopped');
    } catch (error) {
      logger.error({ err: error, service: service.name }, 'could not stop');
      code = 1;
    }
  }
  logger.info('stopped');
  return code;
}
