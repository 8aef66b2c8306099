import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const OFFERED = /^(?:@gantry\/module-sdk|zod)(?:$|\/)/;

/** Lets module files that lie outside of this project import `@gantry/module-sdk` and `zod` as if they lay inside. */
export function offerImportsToModuleFiles(): void {
  // Asking from here comes by the hook again.
  let isAskedFromHere = false;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      // What authors import had this name before the SDK was a package of its own.
      const wanted = specifier.replace(/^@gantry\/modules\/(?=define-module$|module-error$)/, '@gantry/module-sdk/');
      try {
        return nextResolve(wanted, context);
      } catch (error) {
        if (isAskedFromHere || !OFFERED.test(wanted)) throw error;
      }
      isAskedFromHere = true;
      try {
        const url = import.meta.resolve(wanted);
        if (existsSync(fileURLToPath(url))) return { url, shortCircuit: true };
      } finally {
        isAskedFromHere = false;
      }
      throw new Error(`'${specifier}' is nothing that can be imported`);
    },
  });
}
