import { AsyncLocalStorage } from 'node:async_hooks';
import { flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { format } from 'node:util';
import { ContentError } from '@gantry/contents/content-store';
import { openContents } from '@gantry/contents/open-contents';
import type { GantryModule, LogLevel } from '@gantry/module-sdk/define-module';
import { toJsonText } from '@gantry/module-sdk/json-text';
import { AskedCredentials } from './asked-credentials.ts';
import { AskedSecrets } from './asked-secrets.ts';
import { offerImportsToModuleFiles } from './author-imports.ts';
import { Leftovers } from './leftovers.ts';
import { moduleInput } from './module-input.ts';
import { importModule, loadModule, NON_BLOCKING_REFS, prepareModule } from './module-registry.ts';
import { PrintedLines } from './printed-lines.ts';
import {
  lineOf,
  type OrderAhead,
  type ProcessMessage,
  type ProcessOrder,
  type ProcessSettings,
  successLine,
} from './process-messages.ts';
import { readLines } from './read-lines.ts';
import { describeError } from './step-error.ts';
import { StepReports } from './step-reports.ts';
import type { StepRequest } from './step-result.ts';
import type { StepEnd, Stop } from './step-runner.ts';
import { withPlace } from './syntax-error.ts';
import { WrittenTogether } from './written-together.ts';

/*
 * What runs in each process of the node runner: one step at a time, or those of non-blocking modules beside each other. It answers with a value whatever the module does;
 * only what ends the process reaches the runner as the loss of a process.
 */

/** A step that runs. */
interface Run {
  order: number;
  secrets: AskedSecrets;
  reports: StepReports;
  /** Lines that it has begun to print. */
  printed: { stdout: PrintedLines; stderr: PrintedLines };
  abort: AbortController;
  stop: Stop | null;
}

type ModuleEnd = Exclude<StepEnd, { outcome: 'crashed' }>;

const LINE_LIMIT = 1024 * 1024 * 1024;
/** A step that takes longer is the last one of its order: who gave it may have learned better meanwhile. */
const QUICK_MS = 100;
/** How long what a step left awake may take to come to an end by itself, look by look. */
const REST_MS = [1, 5, 20, 50, 150];

const settings: ProcessSettings = JSON.parse(process.argv[2] ?? '');
const worker = new Socket({ fd: 3, readable: true, writable: true });
const said = new WrittenTogether(worker);
const credentials = new AskedCredentials(() => send({ kind: 'credentials-wanted' }));
const contents = openContents(settings.contents, () => credentials.get());
const runOfCallback = new AsyncLocalStorage<Run>();
const inspectionOf = new AsyncLocalStorage<string>();
const exit = process.exit.bind(process);
const { nextTick, pid } = process;
const now = Date.now.bind(Date);
const ticks = performance.now.bind(performance);
const kill = process.kill.bind(process);
/** By order. */
const runs = new Map<number, Run>();
let importsOffered = false;
let compiledKept = false;
/** Something that a step or a file left behind has failed. */
let strayed = false;
/** Only built-in modules have run here. */
let trusted = true;
const accepted = new Set<string>();
/** Module files that have been imported for a step. */
const imported = new Set<string>();

// biome-ignore lint/style/noProcessEnv: it was for Node, and is none of the modules' business.
delete process.env['NODE_COMPILE_CACHE'];
takePrinted();
readLines(worker, LINE_LIMIT, (line) => obey(JSON.parse(line)), killGroup);
worker.once('close', killGroup);
worker.on('error', () => {});
const leftovers = new Leftovers();

function obey(order: ProcessOrder): void {
  switch (order.kind) {
    case 'run':
      // A step that has broken the ground it stands on ends with its process.
      runSteps(order).catch(killGroup);
      break;
    case 'stop':
      stopStep(order);
      break;
    case 'secret':
      runs.get(order.order)?.secrets.take(order.id, order.given);
      break;
    case 'credentials':
      credentials.take(order.given);
      break;
    case 'prepare':
      void prepare(order.refs);
      break;
    case 'inspect':
      void inspectionOf.run(order.file, () => inspect(order.file));
      break;
    case 'ping':
      send({ kind: 'pong' });
      break;
  }
}

function send(message: ProcessMessage): void {
  said.writeNow(lineOf(message));
}

/**
 * A step that is known neither to end the process, so that what comes of the one before may be told a moment later, nor to
 * change what it is given.
 */
function isCalm({ file, ref }: { file: string | null; ref: string }): boolean {
  return file === null && NON_BLOCKING_REFS.includes(ref);
}

function tell(lines: string, later: boolean): void {
  if (later) said.write(lines);
  else said.writeNow(lines);
}

async function runSteps({ order, file, request, ahead }: Extract<ProcessOrder, { kind: 'run' }>): Promise<void> {
  const common = { ...request, previousOutput: null, checkpoint: null };
  // Each has one of its own where a step may change it: what it does to it is not for the next one to see.
  const text = isCalm({ file, ref: request.ref }) && ahead.every(isCalm) ? null : JSON.stringify(common);
  let outputJson = await runStep(order, file, request, ahead[0]);
  for (const [index, { file, ...step }] of ahead.entries()) {
    if (outputJson === null) break;
    const given: StepRequest = text === null ? common : JSON.parse(text);
    const next = { ...given, ...step, previousOutput: JSON.parse(outputJson) };
    outputJson = await runStep(order, file, next, ahead[index + 1]);
  }
  keepCompiled();
}

/** What the next process starts with, which need not compile it again. */
function keepCompiled(): void {
  if (!compiledKept) flushCompileCache();
  compiledKept = true;
}

/** @returns its output when the next one of its order follows, if there is one */
async function runStep(
  order: number,
  file: string | null,
  request: StepRequest,
  following: OrderAhead | undefined,
): Promise<string | null> {
  const beganAt = ticks();
  const calm = isCalm({ file, ref: request.ref });
  const secrets = new AskedSecrets((id, name) => send({ kind: 'secret-wanted', order, id, name }));
  const reports = new StepReports((report) => send({ ...report, order }));
  const lines = (level: LogLevel) =>
    new PrintedLines((message) => reports.take({ kind: 'log', entry: { level, message, loggedAt: Date.now() } }));
  const printed = { stdout: lines('info'), stderr: lines('warn') };
  const run: Run = { order, secrets, reports, printed, abort: new AbortController(), stop: null };
  runs.set(order, run);
  const end = await runOfCallback.run(run, () => runModule(run, file, request));
  runs.delete(order);
  printed.stdout.end();
  printed.stderr.end();
  run.reports.close();
  // A thread that the step has just begun is heard of a tick later.
  await new Promise<void>(nextTick);
  // What ships with Gantry is known to change nothing, and to look costs a fraction of a millisecond.
  if (file === null && trusted) acceptChangesOf([request.ref]);
  if (file !== null) trusted = false;
  let left = file === null ? [] : leftovers.changed();
  // What is awake is that of the others, as long as there are any.
  const awake = left.length === 0 && runs.size === 0 && leftovers.awake(said.waits).length > 0;
  const atRest = left.length === 0 && !awake && !strayed;
  const follows = following !== undefined && atRest && mayBeFollowed(run) && ticks() - beganAt < QUICK_MS;
  if (end.outcome === 'succeeded' && follows) {
    // Before the next one begins, which may end the process: its crash is not this one's.
    tell(successLine({ order, outputJson: end.outputJson, at: now(), goesOn: true }), calm && isCalm(following));
    return end.outputJson;
  }
  const answer =
    end.outcome === 'succeeded'
      ? successLine({ order, outputJson: end.outputJson, at: now(), goesOn: false })
      : lineOf({ kind: 'answer', order, end });
  if (awake) {
    tell(answer, calm);
    left = await stillAwake();
    send({ kind: 'rested', order, left });
  } else {
    // In one piece, so that the process is known to be free when the next step is looked at.
    tell(answer + lineOf({ kind: 'rested', order, left }), calm);
  }
  return null;
}

/** Whether another step may follow at once: not if the output of this one is to be looked through for secrets first. */
function mayBeFollowed({ stop, secrets }: Run): boolean {
  return stop === null && !secrets.asked;
}

/** Kills the process and whatever a module started in its group. */
function killGroup(): void {
  kill(-pid, 'SIGKILL');
}

/** What libraries of built-in modules add to what all code shares was not left behind by a module file. */
function acceptChangesOf(refs: readonly string[]): void {
  if (refs.every((ref) => accepted.has(ref))) return;
  for (const ref of refs) accepted.add(ref);
  leftovers.acceptChanges();
}

/** What a file and its libraries add while they are imported is there once for all steps of the file. */
function acceptImport(file: string | null): void {
  if (file === null || imported.has(file)) return;
  imported.add(file);
  leftovers.acceptNewGlobals();
}

/** What fails here fails again, and is told, when a step needs it. */
async function prepare(refs: readonly string[]): Promise<void> {
  await Promise.allSettled(refs.map((ref) => prepareModule(ref, settings.outboundAllow)));
  if (trusted) acceptChangesOf(refs);
  await stillAwake();
  send({ kind: 'prepared' });
  flushCompileCache();
}

/** What a step that has ended may still be closing is waited for, for a moment. */
async function stillAwake(): Promise<string[]> {
  let left = leftovers.awake(said.waits);
  for (const wait of REST_MS) {
    if (left.length === 0) break;
    if (runs.size > 0) return [];
    await delay(wait, undefined, { ref: false });
    left = leftovers.awake(said.waits);
  }
  return left;
}

function stopStep({ order, stop }: Extract<ProcessOrder, { kind: 'stop' }>): void {
  const run = runs.get(order);
  if (run === undefined || run.stop !== null) return;
  run.stop = stop;
  const name = stop.outcome === 'timed-out' ? 'TimeoutError' : 'AbortError';
  run.abort.abort(new DOMException(stop.error.message, name));
}

async function runModule(run: Run, file: string | null, request: StepRequest): Promise<ModuleEnd> {
  let module: GantryModule;
  try {
    if (file !== null) offerImports();
    module = await loadModule(request.ref, file, settings.outboundAllow);
    acceptImport(file);
  } catch (error) {
    return { outcome: 'failed', error: describeError(error, 'MODULE_NOT_LOADED') };
  }
  try {
    let options: unknown = request.options;
    if (module.options !== undefined) {
      const { parseModuleOptions } = await import('@gantry/module-sdk/module-options');
      options = await parseModuleOptions(module.options, request.options);
    }
    const { signal } = run.abort;
    signal.throwIfAborted();
    const output = await module.infer(moduleInput(request, options, run, contents, signal));
    return { outcome: 'succeeded', outputJson: toJsonText(output, 'output', settings.maxOutputBytes) };
  } catch (error) {
    const away = error instanceof ContentError && error.code === 'CONTENT_UNAVAILABLE';
    return { outcome: away ? 'unavailable' : 'failed', error: describeError(error) };
  }
}

async function inspect(file: string): Promise<void> {
  try {
    trusted = false;
    offerImports();
    const module = await importModule(file);
    const { describeModule } = await import('./module-description.ts');
    send({ kind: 'inspected', module: describeModule(module) });
    keepCompiled();
  } catch (error) {
    send({ kind: 'not-a-module', error: describeError(await withPlace(error, file)) });
  }
}

function offerImports(): void {
  if (!importsOffered) offerImportsToModuleFiles();
  importsOffered = true;
}

/** The step whose code runs; where that cannot be told, the only one there is. */
function runOfNow(): Run | undefined {
  return runOfCallback.getStore() ?? (runs.size === 1 ? runs.values().next().value : undefined);
}

/** What a module or a library prints belongs to the step; what a step prints that has ended belongs to nobody. */
function takePrinted(): void {
  const print =
    (level: LogLevel) =>
    (...printed: unknown[]) =>
      runOfNow()?.reports.take({ kind: 'log', entry: { level, message: format(...printed), loggedAt: Date.now() } });
  Object.assign(console, {
    debug: print('debug'),
    log: print('info'),
    info: print('info'),
    warn: print('warn'),
    error: print('error'),
  });
  for (const name of ['stdout', 'stderr'] as const) {
    const write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      runOfNow()?.printed[name].write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      const done = rest.find((argument) => typeof argument === 'function');
      if (done) process.nextTick(done);
      return true;
    };
    Object.assign(process[name], { write });
  }
}

// The state of a process after an uncaught error is unknown, so it ends; but the step that runs now is not to blame for
// what an earlier one left behind.
process.on('uncaughtException', (thrown) => {
  const error = describeError(thrown, 'MODULE_CRASHED');
  const run = runOfNow();
  if (run === undefined || runs.get(run.order) !== run) {
    strayed = true;
    send({ kind: 'stray-error', error, file: inspectionOf.getStore() ?? null });
    return;
  }
  run.reports.close();
  send({ kind: 'crash', order: run.order, error });
  exit(1);
});
process.on('exit', () => {
  for (const { reports } of runs.values()) reports.close();
});
