import type { Account } from '@gantry/contracts/http/api-key';
import type { Module, ModuleInput, ModuleUpdate } from '@gantry/contracts/http/module';
import { GantryError } from '../gantry-error.ts';
import type { CallOptions } from '../transport.ts';
import type { Applied } from './assistants.ts';
import { Collection } from './collection.ts';

/** Modules are named by their id or by their ref: `module://org/slug`, `org/slug`. */
export class Modules extends Collection<Module, ModuleInput, ModuleUpdate> {
  /** Creates the module, or updates the one of its ref (of its slug, among those of the organization). */
  async apply(input: ModuleInput, options: CallOptions = {}): Promise<Applied<Module>> {
    const ref = input.ref ?? `${input.orgSlug ?? (await this.#ownSlug(options))}/${input.slug ?? ''}`;
    if (!(await this.#exists(ref, options))) return { outcome: 'created', item: await this.create(input, options) };
    const { ref: _ref, orgSlug: _orgSlug, slug: _slug, ...update } = input;
    return { outcome: 'updated', item: await this.update(ref, update, options) };
  }

  protected override pathOf(idOrRef: string): string {
    const parts = idOrRef.replace(/^module:\/\//, '').split('/');
    return [this.path, ...parts.map(encodeURIComponent)].join('/');
  }

  async #exists(ref: string, options: CallOptions): Promise<boolean> {
    try {
      await this.get(ref, options);
      return true;
    } catch (error) {
      if (error instanceof GantryError && error.status === 404) return false;
      throw error;
    }
  }

  async #ownSlug({ signal }: CallOptions): Promise<string> {
    const { organization } = await this.transport.json<Account>({ path: '/api/account/me', signal });
    return organization.slug;
  }
}
