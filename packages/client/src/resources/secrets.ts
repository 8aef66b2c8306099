import type { Secret } from '@gantry/contracts/http/secret';
import type { CallOptions } from '../transport.ts';
import { List } from './collection.ts';

/** Whose secret it is: of a project, else of the organization. */
export interface SecretOwner extends CallOptions {
  projectId?: string | undefined;
}

/** What steps get and nobody reads. */
export class Secrets extends List<Secret> {
  /** Keeps a secret, or gives it another value. */
  set(name: string, value: string, { projectId, signal }: SecretOwner = {}): Promise<Secret> {
    return this.transport.json({ method: 'PUT', path: this.#pathIn(projectId, name), body: { value }, signal });
  }

  async delete(name: string, { projectId, signal }: SecretOwner = {}): Promise<void> {
    await this.transport.json({ method: 'DELETE', path: this.#pathIn(projectId, name), signal });
  }

  #pathIn(projectId: string | undefined, name: string): string {
    const own = projectId === undefined ? '/api' : `/api/projects/${encodeURIComponent(projectId)}`;
    return `${own}/secrets/${encodeURIComponent(name)}`;
  }
}
