import type { Doctor } from '@gantry/contracts/http/diagnosis';
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
}
