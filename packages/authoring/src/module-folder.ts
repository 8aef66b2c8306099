import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ModuleMetadata, moduleMetadataSchema, runtimeRefField } from '@gantry/contracts/module-definition';
import { moduleName, parseModuleRef } from '@gantry/domain/module-ref';
import { z } from 'zod';

/** The file that says what the module in its folder is; a folder with an index.ts or index.js needs none. */
const MANIFEST = 'gantry.json';
const INDEX = /^index\.[mc]?[tj]s$/;

const command = z.array(z.string().min(1)).min(1).max(100);
const ref = z.string().transform((text, context) => {
  const parsed = parseModuleRef(text);
  if (parsed !== undefined) return moduleName(parsed);
  context.addIssue('expected organization/slug');
  return z.NEVER;
});
const common = {
  ref,
  version: z.string().max(64).optional(),
  /** The module runtime whose workers run it. */
  runtime: runtimeRefField.optional(),
  name: z.string().max(200).optional(),
  description: z.string().max(2_000).optional(),
  /** As JSON Schemas, each with `name` and `required`. */
  options: z.array(z.record(z.string(), z.json())).default([]),
  /** How its tests are run. */
  test: command.optional(),
};

const manifestSchema = z.discriminatedUnion('kind', [
  /** `script` names the file. */
  z.strictObject({ kind: z.literal('script'), ...common, script: z.string().min(1) }),
  z.strictObject({ kind: z.literal('process'), ...common, command }),
  /** `start` is what answers at the address, where nothing does yet. */
  z.strictObject({
    kind: z.literal('http'),
    ...common,
    url: z.url(),
    secret: z.string().optional(),
    start: command.optional(),
  }),
]);

export interface ModuleFolder {
  folder: string;
  /** Null for a `node` module: its file says it. */
  ref: string | null;
  version?: string | undefined;
  name?: string | undefined;
  description?: string | undefined;
  metadata: ModuleMetadata;
  /** Of a `node` module, the file that is imported. */
  index?: string;
  /** Of a `process` module, as it is written: `./` is the folder. */
  command?: string[];
  test?: string[] | undefined;
  start?: string[] | undefined;
}

/** A folder with a module cannot be read or made; the message names the file and what is wrong. */
export class ModuleFolderError extends Error {
  override readonly name = 'ModuleFolderError';
}

/**
 * The module in a folder.
 * @throws ModuleFolderError
 */
export async function readModuleFolder(path: string): Promise<ModuleFolder> {
  const folder = resolve(path);
  const names = await readdir(folder).catch((error: Error) => {
    throw new ModuleFolderError(error.message);
  });
  if (names.includes(MANIFEST)) return readManifest(folder);
  const index = names.find((name) => INDEX.test(name));
  if (index === undefined) throw new ModuleFolderError(`${folder}: has neither ${MANIFEST} nor index.ts`);
  return { folder, ref: null, metadata: moduleMetadataSchema.parse({ kind: 'node' }), index: join(folder, index) };
}

async function readManifest(folder: string): Promise<ModuleFolder> {
  const file = join(folder, MANIFEST);
  const parsed = manifestSchema.safeParse(parseJson(await readText(file), file));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw new ModuleFolderError(`${file}: ${problems.join('; ')}`);
  }
  const { ref, version, runtime: moduleRuntimeRef, name, description, test, options, ...kind } = parsed.data;
  const given = { folder, ref, version, name, description, test: test && placed(test, folder) };
  const shared = { options, moduleRuntimeRef };
  switch (kind.kind) {
    case 'script': {
      const script = await readText(join(folder, kind.script));
      return { ...given, metadata: moduleMetadataSchema.parse({ kind: 'script', ...shared, script }) };
    }
    case 'process': {
      const command = placed(kind.command, folder);
      const metadata = moduleMetadataSchema.parse({ kind: 'process', ...shared, command });
      return { ...given, metadata, command: kind.command };
    }
    case 'http': {
      const { url, secret, start } = kind;
      const metadata = moduleMetadataSchema.parse({ kind: 'http', ...shared, url, secret });
      return { ...given, metadata, start: start && placed(start, folder) };
    }
  }
}

/** What begins with `./` lies in the folder. */
function placed(parts: string[], folder: string): string[] {
  return parts.map((part) => (part.startsWith('./') ? join(folder, part) : part));
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new ModuleFolderError(error.message);
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModuleFolderError(`${file}: ${(error as Error).message}`);
  }
}
