import { registerHooks } from 'node:module';

const OFFERED = /^(?:@gantry\/modules\/|zod$|zod\/)/;

/** Lets module files that lie outside of this project import `@gantry/modules/...` and `zod` as if they lay inside. */
export function offerImportsToModuleFiles(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!OFFERED.test(specifier)) throw error;
        return nextResolve(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}
