import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { BundleError, type BundleSum } from '@gantry/bundles/bundle';
import { packBundle } from '@gantry/bundles/pack-bundle';
import type { ModulePublication } from '@gantry/contracts/http/module';
import { type ModuleMetadata, moduleMetadataSchema } from '@gantry/contracts/module-definition';
import { scriptFault } from '@gantry/runners/script-fault';
import { type ModuleFolder, ModuleFolderError } from './module-folder.ts';
import { describeModuleIn } from './run-once.ts';

/** A module as it is published. */
export interface Publication extends AsyncDisposable {
  /** organization/slug */
  ref: string;
  manifest: ModulePublication;
  sum: BundleSum;
  /** Its bundle; it goes when the publication is disposed of. */
  file: string;
}

/**
 * Packs the module in a folder.
 * @param version instead of that of its package.json, its gantry.json, or what the module says
 * @throws ModuleFolderError
 */
export async function packModule(module: ModuleFolder, version: string | undefined): Promise<Publication> {
  const { folder, index, metadata } = module;
  const fault = metadata.kind === 'script' ? await scriptFault(metadata.script) : undefined;
  if (fault !== undefined) throw new ModuleFolderError(`${folder}: its script cannot be read: ${fault}`);
  const described = index === undefined ? undefined : await describeModuleIn(folder);
  const ref = module.ref ?? described?.ref ?? '';
  const found = version ?? (await packageVersion(folder)) ?? module.version ?? described?.version;
  if (found === undefined) {
    throw new ModuleFolderError(`${folder}: has no version; say it in package.json, in gantry.json, or with --as`);
  }
  const place = await mkdtemp(join(tmpdir(), 'gantry-publish-'));
  const remove = () => rm(place, { recursive: true, force: true });
  const file = join(place, 'bundle.tgz');
  try {
    const manifest = {
      version: found,
      name: (module.name ?? described?.name) || ref,
      description: module.description ?? described?.description ?? null,
      metadata: published(module, described),
      ...(index !== undefined && { entry: basename(index) }),
    };
    return { ref, manifest, sum: await packBundle(folder, file), file, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    if (error instanceof BundleError) throw new ModuleFolderError(`${folder}: ${error.message}`);
    throw error;
  }
}

async function packageVersion(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  try {
    const { version }: { version?: unknown } = JSON.parse(text);
    return typeof version === 'string' ? version : undefined;
  } catch (error) {
    throw new ModuleFolderError(`${join(folder, 'package.json')}: ${(error as Error).message}`);
  }
}

function published(
  { metadata, command }: ModuleFolder,
  described: Awaited<ReturnType<typeof describeModuleIn>> | undefined,
): ModuleMetadata {
  // The folder is another one on each worker.
  if (metadata.kind === 'process') return { ...metadata, command: command ?? metadata.command };
  if (described === undefined) return metadata;
  const { options, runtime, nonBlocking } = described;
  const said = { options, ...(runtime !== null && { moduleRuntimeRef: runtime }), ...(nonBlocking && { nonBlocking }) };
  return moduleMetadataSchema.parse({ ...metadata, ...said });
}
