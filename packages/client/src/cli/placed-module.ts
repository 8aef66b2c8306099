import { openAsBlob } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { ModuleFolder } from '@gantry/authoring/module-folder';
import { draftVersion } from '@gantry/contracts/draft-version';
import { GantryError } from '../gantry-error.ts';
import type { Session } from './session.ts';

/** Workers look for changed files every second, and import them. */
const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 30_000;

/**
 * The module where workers find it: its definition in the api, its code in the data folder of the Gantry, at its place, or, for
 * a Gantry elsewhere and once it was published, in a version of its own.
 */
export class PlacedModule implements AsyncDisposable {
  readonly #session: Session;
  readonly #folder: string;
  #shim: string | undefined;
  #endpoint: AsyncDisposable | undefined;
  #draft: { ref: string; version: string } | undefined;
  /** Of the last save. */
  token = '';

  constructor(session: Session, folder: string) {
    this.#session = session;
    this.#folder = folder;
  }

  /** Takes what is in the folder now. @returns the ref of the module, with a version where it has one of its own */
  async update(): Promise<string> {
    const { readModuleFolder } = await import('@gantry/authoring/module-folder');
    const module = await readModuleFolder(this.#folder);
    const { dataDir } = this.#session;
    const { metadata } = module;
    this.token = Date.now().toString(36);
    if (metadata.kind === 'http') await this.#startEndpoint(module);
    const codeIsElsewhere = dataDir === undefined && (metadata.kind === 'node' || metadata.kind === 'process');
    if (codeIsElsewhere) return this.#publish(module);
    const ref = await refOf(module);
    if (await this.#wasPublished(ref)) return this.#publish(module);
    if (metadata.kind === 'node' && dataDir !== undefined) return this.#placeFile(module, ref, dataDir);
    if (metadata.kind !== 'process') return this.#define(module, metadata);
    // A program that waits for its next step has the code of before; one of another environment is another program.
    const command = ['env', `GANTRY_DEVELOPED=${this.token}`, ...metadata.command];
    return this.#define(module, { ...metadata, command });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint?.[Symbol.asyncDispose]();
    if (this.#shim !== undefined) await rm(this.#shim, { force: true });
    await this.#withdrawDraft();
  }

  async #startEndpoint(module: ModuleFolder): Promise<void> {
    const { startEndpoint } = await import('@gantry/authoring/started-endpoint');
    await this.#endpoint?.[Symbol.asyncDispose]();
    this.#endpoint = await startEndpoint(module, { PATH: this.#session.env['PATH'] ?? '' }, this.#session.say);
  }

  /** What was published goes before a file of the same name, and pipelines that run it must not get what is tried here. */
  async #wasPublished(ref: string): Promise<boolean> {
    try {
      const { empty } = await this.#session.client.modules.versions(ref, { pageSize: 1 });
      return !empty;
    } catch (error) {
      if (error instanceof GantryError && error.status === 404) return false;
      throw error;
    }
  }

  async #define(module: ModuleFolder, metadata: ModuleFolder['metadata']): Promise<string> {
    const { ref, name, description } = module;
    await this.#session.client.modules.apply({ ref: `module://${ref}`, name, description, metadata });
    return ref ?? '';
  }

  async #placeFile(module: ModuleFolder, ref: string, dataDir: string): Promise<string> {
    await mkdir(join(dataDir, 'modules'), { recursive: true });
    this.#shim = join(dataDir, 'modules', `${ref.replace('/', '.')}.mjs`);
    await writeFile(this.#shim, shimOf(module.index ?? '', this.token));
    await this.#untilReported(ref);
    return ref;
  }

  /** Workers elsewhere fetch it. Steps that name no version never get this one while there is another. */
  async #publish(module: ModuleFolder): Promise<string> {
    const { packModule } = await import('@gantry/authoring/publication');
    await using packed = await packModule(module, draftVersion(this.token));
    const { ref, manifest, file } = packed;
    await this.#session.client.modules.publish(ref, manifest, await openAsBlob(file));
    await this.#withdrawDraft();
    this.#draft = { ref, version: manifest.version };
    return `${ref}:${manifest.version}`;
  }

  async #withdrawDraft(): Promise<void> {
    if (this.#draft !== undefined) await this.#session.client.modules.withdraw(this.#draft.ref, this.#draft.version);
    this.#draft = undefined;
  }

  /** Workers tell of the modules of their files within seconds. */
  async #untilReported(ref: string): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        await this.#session.client.modules.get(ref);
        return;
      } catch (error) {
        if (!(error instanceof GantryError) || error.status !== 404 || Date.now() > until) throw error;
      }
      await delay(LOOK_EVERY_MS);
    }
  }
}

/** The file of a `node` module says it itself, and is imported for that. */
async function refOf({ folder, ref }: ModuleFolder): Promise<string> {
  const { moduleRefIn } = await import('@gantry/authoring/run-once');
  return ref ?? (await moduleRefIn(folder));
}

/** Workers see that this file has changed, and take what it imports anew. */
function shimOf(index: string, token: string): string {
  return `import { ModuleError } from '@gantry/module-sdk';
import module from ${JSON.stringify(pathToFileURL(index).href)};

export default {
  ...module,
  infer(input) {
    const { developed = ${JSON.stringify(token)} } = input.context;
    if (developed !== ${JSON.stringify(token)}) throw new ModuleError('MODULE_RELOADING', 'Saved again meanwhile', { permanent: true });
    return module.infer(input);
  },
};
`;
}
