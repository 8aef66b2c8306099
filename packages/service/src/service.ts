/** Everything that lives as long as its app. Both calls are idempotent; a stopped service is not started again. */
export interface Service {
  readonly name: string;
  /** Resolves once the service does its work. */
  start(): Promise<void>;
  /** Takes no new work, finishes or hands back what it holds, then resolves. */
  stop(): Promise<void>;
}
