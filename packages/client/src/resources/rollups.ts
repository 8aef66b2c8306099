import type { CountedBy } from '@gantry/contracts/http/counted-hours';
import type { ExecutionCounts } from '@gantry/contracts/http/execution-counts';
import type { FailureGroups } from '@gantry/contracts/http/failure-group';
import type { Overview } from '@gantry/contracts/http/overview';
import type { RebuiltRollups, StepDurations } from '@gantry/contracts/http/step-durations';
import type { CallOptions, Transport } from '../transport.ts';

/** Which hours are counted: the last 24 without them. Instants as ISO 8601 says them. */
export interface HoursOptions extends CallOptions {
  from?: string | undefined;
  to?: string | undefined;
}

export interface CountOptions extends HoursOptions {
  assistantId?: string | undefined;
}

/** Numbers about all executions. */
export class Rollups {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  overview({ signal }: CallOptions = {}): Promise<Overview> {
    return this.#transport.json({ path: '/api/overview', signal });
  }

  executions({ signal, ...query }: CountOptions & { by?: CountedBy } = {}): Promise<ExecutionCounts> {
    return this.#transport.json({ path: '/api/execution-counts', query, signal });
  }

  failures({ signal, ...query }: CountOptions = {}): Promise<FailureGroups> {
    return this.#transport.json({ path: '/api/failure-groups', query, signal });
  }

  durations({ signal, ...query }: HoursOptions = {}): Promise<StepDurations> {
    return this.#transport.json({ path: '/api/step-durations', query, signal });
  }

  /** Counts everything of the organization anew. */
  rebuild({ signal }: CallOptions = {}): Promise<RebuiltRollups> {
    return this.#transport.json({
      method: 'POST',
      path: '/api/rollups/rebuild',
      repeatable: true,
      timeoutMs: 0,
      signal,
    });
  }
}
