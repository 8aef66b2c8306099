import type { Json, JsonObject } from '@gantry/domain/json';
import { moduleName, parseModuleRef } from '@gantry/domain/module-ref';
import type { StatusMessageType } from '@gantry/domain/status-message';
import type { ZodType } from 'zod';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface StatusMessage {
  title: string;
  subtitle?: string;
  type: StatusMessageType;
}

/** What `infer` is given. Everything but the functions is plain data of the step. */
export interface ModuleInput<Options> {
  options: Options;
  executionId: string;
  organizationId: string;
  stepId: string;
  stepIndex: number;
  /** (executionId, stepId, attempt, epoch) is the idempotency key for effects outside the engine: a step may run again. */
  attempt: number;
  epoch: number;
  context: JsonObject;
  documentFamily: JsonObject | null;
  contentObject: JsonObject | null;
  previousOutput: Json;
  /** Fires on cancel and timeout. A module that has not settled a grace period later is killed. */
  signal: AbortSignal;
  logger: Record<LogLevel, (message: string, fields?: Record<string, unknown>) => void>;
  progress: (done: number, max?: number) => void;
  statusMessage: (message: StatusMessage) => void;
  content: {
    /** Bytes of the step's organization; throws beyond `maxBytes`. */
    read: (contentRef: string, limits?: { maxBytes?: number }) => Promise<Uint8Array>;
    /** Keeps bytes for the step's organization; the answer is a content reference to put into the output. */
    write: (bytes: Uint8Array, about: { contentType: string; name?: string }) => Promise<string>;
  };
  secrets: {
    /** The value of a secret; it is masked in all that the step tells. Throws SECRET_NOT_FOUND. */
    get: (name: string) => Promise<string>;
  };
  /** Hands an event to the engine once the step is recorded; throws beyond 100 events of 256 KiB a step. */
  emit: (event: JsonObject) => void;
}

export interface GantryModule<Options = unknown> {
  /** `organization/slug`, as in `module://organization/slug`. */
  ref: string;
  name?: string;
  description?: string;
  /** Parses the step's options before `infer`; a refusal fails the step with MODULE_OPTIONS_INVALID. */
  options?: ZodType<Options>;
  /** The answer is the step's output: any JSON value; undefined counts as null. */
  infer(input: ModuleInput<Options>): unknown;
}

/** Declares a module; the default export of a module file. Throws when the ref is not `organization/slug`. */
export function defineModule<Options = JsonObject>(module: GantryModule<Options>): GantryModule<Options> {
  const parsed = parseModuleRef(module.ref);
  if (parsed === undefined || moduleName(parsed) !== module.ref) {
    throw new TypeError(`ref: "${module.ref}" is not of the form organization/slug`);
  }
  return module;
}
