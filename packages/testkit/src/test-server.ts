/** A server for tests, on this machine or in a container. */
export interface TestServer {
  readonly url: string;
  /** Ends it as a crash would (SIGKILL). Its data stays as it is. */
  kill(): Promise<void>;
  /** Starts it again with the same URL and data, whether it still runs or not. */
  restart(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/** One way to run servers. Durable ones write as in production; the others trade that for speed. */
export interface ServerStarter {
  startRedis(durable: boolean): Promise<TestServer>;
  startPostgres(durable: boolean): Promise<TestServer>;
}

/** Logical databases of a test Redis: more than there are test files, so that each gets its own. */
export const REDIS_DATABASES = 1024;
