import { type WorkerReport, workerReportSchema } from '@gantry/contracts/worker-report';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { readJson } from './read-json.ts';
import { withTimeout } from './with-timeout.ts';

/** A worker reports every few seconds; one that was killed is taken for alive so long. */
const ALIVE_MS = 15_000;
const ANSWER_MS = 1_000;

/** The workers that are there, and the modules that each has. */
export class WorkerRegistry {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Says that this worker is there at this moment. */
  async announce(report: WorkerReport): Promise<void> {
    const { workers, worker } = this.#keys;
    await Promise.all([
      this.#redis.sadd(workers, report.workerId),
      this.#redis.set(worker(report.workerId), JSON.stringify(report), 'PX', ALIVE_MS),
    ]);
  }

  /** It takes no more slices. */
  async withdraw(workerId: string): Promise<void> {
    const { workers, worker } = this.#keys;
    await Promise.all([this.#redis.srem(workers, workerId), this.#redis.del(worker(workerId))]);
  }

  /** Fails within a second when Redis is away. @returns those that started first, first */
  list(): Promise<WorkerReport[]> {
    return withTimeout(this.#list(), ANSWER_MS);
  }

  async #list(): Promise<WorkerReport[]> {
    const { workers, worker } = this.#keys;
    const ids = await this.#redis.smembers(workers);
    if (ids.length === 0) return [];
    const reports = await this.#redis.mget(ids.map(worker));
    const gone = ids.filter((_, index) => reports[index] === null);
    if (gone.length > 0) await this.#redis.srem(workers, gone);
    return reports
      .flatMap((text) => (text === null ? [] : (readJson(workerReportSchema, text) ?? [])))
      .sort((one, other) => one.startedAt - other.startedAt);
  }
}
