import type { Doctor } from '@gantry/contracts/http/diagnosis';
import type { PauseRequest, Pauses, PauseTarget } from '@gantry/contracts/http/pause';
import type { Pruned, PruneRequest } from '@gantry/contracts/http/prune';
import type { ReKeyed } from '@gantry/contracts/http/re-key';
import type { Requeued } from '@gantry/contracts/http/requeue';
import type { Worker, Workers } from '@gantry/contracts/http/worker';
import type { CallOptions, Transport } from '../transport.ts';

/** What operators do; needs the scope `operator`. */
export class Admin {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Looks at everything and says what to do. */
  doctor({ signal }: CallOptions = {}): Promise<Doctor> {
    return this.#transport.json({ path: '/api/admin/doctor', signal });
  }

  /** What is paused, since when and why. */
  pauses({ signal }: CallOptions = {}): Promise<Pauses> {
    return this.#transport.json({ path: '/api/admin/pauses', signal });
  }

  /** Nothing new of it starts; what runs goes on. */
  pause(body: PauseRequest, { signal }: CallOptions = {}): Promise<Pauses> {
    return this.#transport.json({ method: 'POST', path: '/api/admin/pause', body, signal });
  }

  resume(body: PauseTarget, { signal }: CallOptions = {}): Promise<Pauses> {
    return this.#transport.json({ method: 'POST', path: '/api/admin/resume', body, signal });
  }

  workers({ signal }: CallOptions = {}): Promise<Workers> {
    return this.#transport.json({ path: '/api/admin/workers', signal });
  }

  /** Asks a worker to hand back what it does and to end. */
  drain(workerId: string, { signal }: CallOptions = {}): Promise<Worker> {
    const path = `/api/admin/workers/${encodeURIComponent(workerId)}/drain`;
    return this.#transport.json({ method: 'POST', path, signal });
  }

  /**
   * Sets unfinished executions going again, of all organizations; those that a worker runs go on undisturbed.
   * @param filter of several, all must hold; at least one
   */
  requeue(filter: string | readonly string[], { signal }: CallOptions = {}): Promise<Requeued> {
    return this.#transport.json({ method: 'POST', path: '/api/admin/requeue', body: { filter }, signal });
  }

  /** How many executions `requeue` would ask for. */
  async countRequeueable(filter: string | readonly string[], { signal }: CallOptions = {}): Promise<number> {
    const { count } = await this.#transport.json<{ count: number }>({
      method: 'POST',
      path: '/api/admin/requeue',
      body: { filter, dryRun: true },
      repeatable: true,
      signal,
    });
    return count;
  }

  /** Removes what has been kept for longer, as much as goes in some seconds: again while there is more. */
  prune(body: PruneRequest, { signal }: CallOptions = {}): Promise<Pruned> {
    return this.#transport.json({ method: 'POST', path: '/api/admin/prune', body, signal });
  }

  /** Seals every secret with the first key of GANTRY_SECRETS_KEY. */
  reKey({ signal }: CallOptions = {}): Promise<ReKeyed> {
    return this.#transport.json({ method: 'POST', path: '/api/admin/re-key', signal });
  }
}
