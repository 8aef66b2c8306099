import type { Account } from '@gantry/contracts/http/api-key';
import type {
  Module,
  ModuleInput,
  ModulePublication,
  ModuleUpdate,
  ModuleVersion,
} from '@gantry/contracts/http/module';
import type { Page } from '@gantry/contracts/http/page';
import { GantryError } from '../gantry-error.ts';
import type { CallOptions } from '../transport.ts';
import type { Applied } from './assistants.ts';
import { Collection, type ListOptions } from './collection.ts';

/** Many files on a slow line take their time. */
const PUBLISH_LIMIT_MS = 600_000;

/** Modules are named by their id or by their ref: `module://org/slug`, `org/slug`. */
export class Modules extends Collection<Module, ModuleInput, ModuleUpdate> {
  /** Creates the module, or updates the one of its ref (of its slug, among those of the organization). */
  async apply(input: ModuleInput, options: CallOptions = {}): Promise<Applied<Module>> {
    const ref = input.ref ?? `${input.orgSlug ?? (await this.#ownSlug(options))}/${input.slug ?? ''}`;
    if (!(await this.#exists(ref, options))) return { outcome: 'created', item: await this.create(input, options) };
    const { ref: _ref, orgSlug: _orgSlug, slug: _slug, ...update } = input;
    return { outcome: 'updated', item: await this.update(ref, update, options) };
  }

  /**
   * Publishes a version of a module.
   * @param bundle a tar in gzip of its folder
   * Publishing the same files again changes nothing.
   */
  publish(
    ref: string,
    manifest: ModulePublication,
    bundle: Blob,
    { signal }: CallOptions = {},
  ): Promise<ModuleVersion> {
    const form = new FormData();
    form.set('manifest', JSON.stringify(manifest));
    form.set('file', bundle, 'bundle.tgz');
    const path = `${this.pathOf(ref)}/versions`;
    return this.transport.json({ method: 'POST', path, body: form, timeoutMs: PUBLISH_LIMIT_MS, signal });
  }

  /** Its published versions, those published last first. */
  versions(ref: string, { signal, ...query }: ListOptions = {}): Promise<Page<ModuleVersion>> {
    return this.transport.json({ path: `${this.pathOf(ref)}/versions`, query, signal });
  }

  version(ref: string, version: string, { signal }: CallOptions = {}): Promise<ModuleVersion> {
    return this.transport.json({ path: this.#versionPath(ref, version), signal });
  }

  /** Nothing new is planned with the version; what was planned with it goes on. */
  async withdraw(ref: string, version: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.json({ method: 'DELETE', path: this.#versionPath(ref, version), signal });
  }

  #versionPath(ref: string, version: string): string {
    return `${this.pathOf(ref)}/versions/${encodeURIComponent(version)}`;
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
