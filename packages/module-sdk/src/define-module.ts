import type { Readable } from 'node:stream';
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

export interface ContentAbout {
  contentType: string;
  name?: string;
  /** For a checkpoint: it is not among what the step wrote, and goes a week later at the earliest. */
  temporary?: boolean;
}

export interface Contents {
  /** All bytes of a content of the step's organization; throws CONTENT_TOO_LARGE beyond `maxBytes`. */
  read: (contentRef: string, limits?: { maxBytes?: number }) => Promise<Uint8Array>;
  /** The same as a stream, for what need not be in memory at once. */
  open: (contentRef: string) => Promise<Readable>;
  /** Keeps bytes for the step's organization; the answer is a content reference to put into the output. */
  write: (bytes: Uint8Array | AsyncIterable<Uint8Array>, about: ContentAbout) => Promise<string>;
}

/** What is known of a part of a trace. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What `infer` is given. Everything but the functions is plain data of the step. */
export interface ModuleInput<Options> {
  options: Options;
  executionId: string;
  organizationId: string;
  stepId: string;
  stepIndex: number;
  /** Which try of the step this is, counted from 1, and which planning of the execution. */
  attempt: number;
  epoch: number;
  /** The same for each try of this step: a step may run again, and this says to others that it is the same one. */
  idempotencyKey: string;
  context: JsonObject;
  documentFamily: JsonObject | null;
  contentObject: JsonObject | null;
  previousOutput: Json;
  /** What an attempt before this one kept last of how far it came; null: begin at the beginning. */
  checkpoint: Json;
  /**
   * Keeps how far this attempt came for the next one, should this one fail or be lost; the newest counts. At most 32 KiB
   * of JSON: throws CHECKPOINT_TOO_LARGE, CHECKPOINT_NOT_JSON.
   */
  keepCheckpoint: (checkpoint: Json) => void;
  /** Fires on cancel and timeout. A module that has not settled a grace period later is killed. */
  signal: AbortSignal;
  logger: Record<LogLevel, (message: string, fields?: Record<string, unknown>) => void>;
  progress: (done: number, max?: number) => void;
  statusMessage: (message: StatusMessage) => void;
  content: Contents;
  /** Labels of the document family, changed once the step has succeeded. */
  labels: { add: (label: string) => void; remove: (label: string) => void };
  /** Credentials of the worker, by name; throws SECRET_NOT_FOUND. They are masked in what the step tells and gives. */
  secrets: { get: (name: string) => Promise<string> };
  /** Hands an event to the engine once the step is recorded; throws beyond 100 events of 256 KiB a step. */
  emit: (event: JsonObject) => void;
  /** The trace that the step belongs to, where its producer or Gantry makes one. */
  trace: {
    /** W3C `traceparent` of the step, for requests that it sends; null without a trace. */
    traceparent: string | null;
    /** Does a part of the work as a span of its own below the step, or below the span it is called in: 200 at most. */
    span: <T>(name: string, work: () => T | Promise<T>, attributes?: SpanAttributes) => Promise<T>;
  };
  clock: {
    now: () => Date;
    /** Waits; rejects at once when `signal` fires. */
    sleep: (ms: number) => Promise<void>;
  };
}

export interface GantryModule<Options = unknown> {
  /** `organization/slug`, as in `module://organization/slug`. */
  ref: string;
  name?: string;
  description?: string;
  /** Default `1.0.0`. */
  version?: string;
  /** The module runtime (`organization/slug`) whose workers run it. Default: what the worker with its file serves. */
  runtime?: string;
  /**
   * Its steps wait rather than compute, and heed `signal`: many of them run beside each other in one process, with one
   * memory limit, and share what the module keeps outside of `infer`. Default false: a step has a process to itself.
   */
  nonBlocking?: boolean;
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
