import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';

/** What reads and runs scripts, in a memory of its own. */
export function loadQuickJs(): Promise<QuickJSWASMModule> {
  // Its declarations are those of its CommonJS form.
  return newQuickJSWASMModuleFromVariant(variant as unknown as (typeof variant)['default']);
}
