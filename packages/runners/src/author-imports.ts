import { registerHooks } from 'node:module';

const OFFERED = /^(?:@gantry\/module-sdk|zod)(?:$|\/)/;

/** Lets module files that lie outside of this project import `@gantry/module-sdk` and `zod` as if they lay inside. */
export function offerImportsToModuleFiles(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      // What authors import had this name before the SDK was a package of its own.
      const wanted = specifier.replace(/^@gantry\/modules\/(?=define-module$|module-error$)/, '@gantry/module-sdk/');
      try {
        return nextResolve(wanted, context);
      } catch (error) {
        if (!OFFERED.test(wanted)) throw error;
        return { url: import.meta.resolve(wanted), shortCircuit: true };
      }
    },
  });
}
