// All that an author of modules needs, under the one name @gantry/module-sdk.
export type { Json, JsonObject } from '@gantry/domain/json';
export {
  type Contents,
  defineModule,
  type GantryModule,
  type LogLevel,
  type ModuleInput,
  type SpanAttributes,
  type StatusMessage,
} from './define-module.ts';
export { ModuleError, type ModuleErrorOptions } from './module-error.ts';
export { ModuleOptionsError, type OptionProblem } from './module-options.ts';
export { type GivenStep, type RanStep, runModule } from './run-module.ts';
