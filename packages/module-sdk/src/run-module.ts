import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json, JsonObject } from '@gantry/domain/json';
import { LIMITS } from '@gantry/domain/limits';
import type { ContentAbout, GantryModule, LogLevel, ModuleInput, StatusMessage } from './define-module.ts';
import { EmittedEvents } from './emitted-events.ts';
import { toJsonText } from './json-text.ts';
import { logFields } from './log-fields.ts';
import { ModuleError } from './module-error.ts';
import { parseModuleOptions } from './module-options.ts';
import { checkContent, checkLabel, checkProgress, checkStatusMessage } from './told.ts';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What a test gives a module. Everything has a default. */
export interface GivenStep {
  options?: JsonObject;
  context?: JsonObject;
  documentFamily?: JsonObject | null;
  contentObject?: JsonObject | null;
  previousOutput?: Json;
  attempt?: number;
  /** What an attempt before kept. */
  checkpoint?: Json;
  epoch?: number;
  /** Bytes or text by content reference: what `content.read` and `content.open` give. */
  contents?: Record<string, Uint8Array | string>;
  secrets?: Record<string, string>;
  /** As in a cancel or a timeout. */
  signal?: AbortSignal;
  /** Where a clock begins that moves only by `clock.sleep`; without it the clock is that of the machine. */
  now?: Date;
}

/** What a module gave and told. */
export interface RanStep {
  output: Json;
  logs: { level: LogLevel; message: string; fields?: JsonObject }[];
  progress: { done: number; max: number | null }[];
  statusMessages: StatusMessage[];
  events: JsonObject[];
  labels: { added: string[]; removed: string[] };
  /** In the order in which they were kept: the next attempt is given the last one. */
  checkpoints: Json[];
  /** Names of the spans, in the order in which they began. */
  spans: string[];
  /** What was written, in order. */
  written: ({ ref: string; bytes: Uint8Array } & ContentAbout)[];
}

/**
 * Runs a module once as Gantry does, without Gantry: for tests of its author. Rejects with what the module throws, with
 * MODULE_OPTIONS_INVALID, and with OUTPUT_NOT_JSON.
 */
export async function runModule<Options>(module: GantryModule<Options>, given: GivenStep = {}): Promise<RanStep> {
  const ran: RanStep = {
    output: null,
    logs: [],
    progress: [],
    statusMessages: [],
    events: [],
    labels: { added: [], removed: [] },
    checkpoints: [],
    spans: [],
    written: [],
  };
  const plain = given.options ?? {};
  // Without a schema a module takes its options as they come.
  const options = module.options === undefined ? (plain as Options) : await parseModuleOptions(module.options, plain);
  const signal = given.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const output = await module.infer(inputOf(given, options, signal, ran));
  ran.output = JSON.parse(toJsonText(output, 'output', MAX_OUTPUT_BYTES));
  return ran;
}

function inputOf<Options>(given: GivenStep, options: Options, signal: AbortSignal, ran: RanStep): ModuleInput<Options> {
  const executionId = randomUUID();
  const stepId = `${executionId}.0`;
  const events = new EmittedEvents();
  const log = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    const entry = { level, message: String(message) };
    ran.logs.push(fields === undefined ? entry : { ...entry, fields: logFields(fields) });
  };
  return {
    options,
    executionId,
    organizationId: 'test',
    stepId,
    stepIndex: 0,
    attempt: given.attempt ?? 1,
    epoch: given.epoch ?? 1,
    idempotencyKey: stepId,
    context: given.context ?? {},
    documentFamily: given.documentFamily ?? null,
    contentObject: given.contentObject ?? null,
    previousOutput: given.previousOutput ?? null,
    checkpoint: given.checkpoint ?? null,
    keepCheckpoint: (checkpoint) => {
      ran.checkpoints.push(JSON.parse(toJsonText(checkpoint, 'checkpoint', LIMITS.checkpointBytes)));
    },
    signal,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    progress: (done, max) => {
      checkProgress(done, max);
      ran.progress.push({ done, max: max ?? null });
    },
    statusMessage: (message) => {
      checkStatusMessage(message);
      ran.statusMessages.push(message);
    },
    content: contentsOf(given.contents ?? {}, ran),
    labels: {
      add: (label) => {
        checkLabel(label);
        ran.labels.added.push(label);
      },
      remove: (label) => {
        checkLabel(label);
        ran.labels.removed.push(label);
      },
    },
    secrets: {
      get: async (name) => {
        const secret = Object.hasOwn(given.secrets ?? {}, name) ? given.secrets?.[name] : undefined;
        if (secret === undefined) throw new ModuleError('SECRET_NOT_FOUND', `secrets: there is no secret ${name}`);
        return secret;
      },
    },
    emit: (event) => void ran.events.push(events.accept(event)),
    trace: {
      traceparent: null,
      span: async (name, work) => {
        ran.spans.push(name);
        return work();
      },
    },
    clock: clockFrom(given.now, signal),
  };
}

function contentsOf(given: Record<string, Uint8Array | string>, ran: RanStep): ModuleInput<unknown>['content'] {
  const contents = new Map(
    Object.entries(given).map(([ref, content]) => [ref, typeof content === 'string' ? Buffer.from(content) : content]),
  );
  const find = (ref: string): Uint8Array => {
    const bytes = contents.get(ref);
    if (bytes === undefined) throw new ModuleError('CONTENT_NOT_FOUND', `contentRef: nothing is stored as ${ref}`);
    return bytes;
  };
  return {
    read: async (ref, { maxBytes = Number.POSITIVE_INFINITY } = {}) => {
      const bytes = find(ref);
      if (bytes.length <= maxBytes) return bytes;
      throw new ModuleError('CONTENT_TOO_LARGE', `content: larger than ${maxBytes} bytes`);
    },
    open: async (ref) => Readable.from([find(ref)]),
    write: async (source, about) => {
      checkContent(source, about);
      const bytes = source instanceof Uint8Array ? source : await buffer(source);
      const ref = `content://test/${randomUUID()}`;
      contents.set(ref, bytes);
      ran.written.push({ ref, bytes, ...about });
      return ref;
    },
  };
}

function clockFrom(start: Date | undefined, signal: AbortSignal): ModuleInput<unknown>['clock'] {
  if (start === undefined) {
    return { now: () => new Date(), sleep: async (ms) => void (await delay(ms, undefined, { signal })) };
  }
  let at = start.getTime();
  return {
    now: () => new Date(at),
    sleep: async (ms) => {
      signal.throwIfAborted();
      at += ms;
    },
  };
}
