import { pathToFileURL } from 'node:url';
import type { GantryModule } from '@gantry/module-sdk/define-module';

interface ModuleFile {
  /** Those that send requests are made for the addresses they may send them to (`OUTBOUND_ALLOW`). */
  default: GantryModule | ((outboundAllow: readonly string[]) => GantryModule);
  /** What the first step would take long for: done ahead of it in a process that has nothing else to do. */
  prepare?: () => Promise<void>;
}

const BUILT_IN: Record<string, () => Promise<ModuleFile>> = {
  'gantry/noop': () => import('@gantry/modules/noop'),
  'gantry/echo': () => import('@gantry/modules/echo'),
  'gantry/sleep': () => import('@gantry/modules/sleep'),
  'gantry/fail': () => import('@gantry/modules/fail'),
  'gantry/pdf-parser': () => import('@gantry/modules/pdf-parser'),
  'gantry/invoice-extractor': () => import('@gantry/modules/invoice-extractor'),
  'gantry/ocr': () => import('@gantry/modules/ocr'),
  'gantry/office-parser': () => import('@gantry/modules/office-parser'),
  'gantry/document-classifier': () => import('@gantry/modules/document-classifier'),
  'gantry/json-transform': () => import('@gantry/modules/json-transform'),
  'gantry/split-pdf': () => import('@gantry/modules/split-pdf'),
  'gantry/label': () => import('@gantry/modules/label'),
  'gantry/http-request': () => import('@gantry/modules/http-request'),
  'gantry/webhook': () => import('@gantry/modules/webhook'),
  'gantry/channel-reply': () => import('@gantry/modules/channel-reply'),
};

export const BUILT_IN_REFS: readonly string[] = Object.keys(BUILT_IN);

/** Those that say they are non-blocking: known before they are imported. */
export const NON_BLOCKING_REFS: readonly string[] = [
  ...['gantry/noop', 'gantry/echo', 'gantry/sleep', 'gantry/label'],
  ...['gantry/http-request', 'gantry/webhook', 'gantry/channel-reply'],
];

/** By file, or by ref. */
const loaded = new Map<string, GantryModule>();

/**
 * The module, imported on first use in this process. `file` is null for a built-in.
 * @param outboundAllow where built-in modules may send requests besides the public Internet
 */
export async function loadModule(
  ref: string,
  file: string | null,
  outboundAllow: readonly string[] = [],
): Promise<GantryModule> {
  // Versions of one module may run in one process.
  const name = file ?? ref;
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const module = file === null ? await builtIn(ref, outboundAllow) : await importModule(file);
  if (module?.ref !== ref) throw new Error(`no module ${ref} in ${file ?? 'the built-in ones'}`);
  loaded.set(name, module);
  return module;
}

/** Imports a built-in module and what it needs, ahead of its first step. */
export async function prepareModule(ref: string, outboundAllow: readonly string[]): Promise<void> {
  const { options } = await loadModule(ref, null, outboundAllow);
  if (options !== undefined) await import('@gantry/module-sdk/module-options');
  await (await BUILT_IN[ref]?.())?.prepare?.();
}

async function builtIn(ref: string, outboundAllow: readonly string[]): Promise<GantryModule | undefined> {
  const made = (await BUILT_IN[ref]?.())?.default;
  return typeof made === 'function' ? made(outboundAllow) : made;
}

/** The module that a file exports by default; throws when that is none. */
export async function importModule(file: string): Promise<GantryModule> {
  const { default: module }: { default?: unknown } = await import(pathToFileURL(file).href);
  if (!isModule(module)) throw new Error('its default export is not a module (see defineModule)');
  return module;
}

function isModule(value: unknown): value is GantryModule {
  if (typeof value !== 'object' || value === null) return false;
  return 'ref' in value && typeof value.ref === 'string' && 'infer' in value && typeof value.infer === 'function';
}
