import type { Doctor } from '@gantry/contracts/http/diagnosis';
import type { PauseRequest, Pauses, PauseTarget } from '@gantry/contracts/http/pause';
import type { Worker, Workers } from '@gantry/contracts/http/worker';
import type { CallOptions, Transport } from '../transport.ts';

/** What operators do; needs the scope `admin`. */
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
}
