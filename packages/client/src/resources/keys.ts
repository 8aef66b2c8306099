import type { ApiKey, ApiKeyInput, CreatedApiKey } from '@gantry/contracts/http/api-key';
import type { CallOptions } from '../transport.ts';
import { List } from './collection.ts';

export class Keys extends List<ApiKey> {
  /** The answer is the only one that shows the key itself. */
  create(input: ApiKeyInput, { signal }: CallOptions = {}): Promise<CreatedApiKey> {
    return this.transport.json({ method: 'POST', path: this.path, body: input, signal });
  }

  /** It is refused within seconds. */
  async revoke(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.json({ method: 'DELETE', path: this.pathOf(id), signal });
  }
}
