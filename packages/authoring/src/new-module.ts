import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { moduleName, parseModuleRef } from '@gantry/domain/module-ref';
import { ModuleFolderError } from './module-folder.ts';

export type TemplateName = 'node' | 'python' | 'script' | 'http';

/** The folder of each template is a module with its test that runs as it is; only its ref is another. */
const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));
const TEMPLATE_REF = 'acme/word-count';
const PYTHON_SDK = fileURLToPath(new URL('../python/gantry_sdk.py', import.meta.resolve('@gantry/module-sdk')));

/**
 * Makes a folder with a module and its test. @returns the names of its files
 * @throws ModuleFolderError when the ref is none, or something is at the folder already
 */
export async function newModule(ref: string, template: TemplateName, folder: string): Promise<string[]> {
  const parsed = parseModuleRef(ref);
  if (parsed === undefined) throw new ModuleFolderError(`${ref}: expected organization/slug`);
  if ((await readdir(folder).catch(() => [])).length > 0) {
    throw new ModuleFolderError(`${folder}: there is something in it already`);
  }
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new ModuleFolderError(error.message);
  });
  const source = join(TEMPLATES, template);
  const names = (await readdir(source)).filter((name) => !name.startsWith('__'));
  for (const name of names) {
    const text = await readFile(join(source, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll(TEMPLATE_REF, moduleName(parsed)));
  }
  if (template !== 'python') return names;
  await copyFile(PYTHON_SDK, join(folder, 'gantry_sdk.py'));
  return [...names, 'gantry_sdk.py'];
}
