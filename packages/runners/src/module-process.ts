import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ContentStores } from '@gantry/contents/content-store';
import { confinementFlags, type Permitted } from './confinement.ts';
import { InspectionError } from './inspection-error.ts';
import { LinesAfterPipes } from './lines-after-pipes.ts';
import type { ModuleDescription } from './module-description.ts';
import { type FiledStep, OrderedSteps } from './ordered-steps.ts';
import { makeOwnFolder, removeOwnFolder } from './own-folder.ts';
import { ProcessGroup } from './process-group.ts';
import { leash } from './process-leash.ts';
import { describeEnd, LOST_TO_ANOTHER, outOfMemory } from './process-loss.ts';
import {
  lineOf,
  type OrderMessage,
  type ProcessMessage,
  type ProcessOrder,
  type ProcessSettings,
  readSuccess,
} from './process-messages.ts';
import { readLines } from './read-lines.ts';
import { SecretMask } from './secret-mask.ts';
import { describeError, maskedError } from './step-error.ts';
import type { StepError } from './step-result.ts';
import { WrittenTogether } from './written-together.ts';

const MIB = 1024 * 1024;
const ENTRY = fileURLToPath(new URL('./node-process.ts', import.meta.url));
/** Memory of a process in which no step does anything. */
const OWN_MEMORY_MB = 128;
/** An output, its quotes and its backslashes. */
const LINE_FACTOR = 2;
const MAX_PRINTED_LINE = 64 * 1_024;
/** A process that has run so many steps makes room for a new one, whatever they did; what ships with Gantry keeps little. */
const MAX_STEPS = { ofFiles: 10_000, builtIn: 200_000 };
/** Steps of non-blocking modules that answer nothing for so long are run each by itself. */
const BLOCKED_MS = 5_000;

export interface ModuleProcessOptions {
  contents: Pick<ContentStores, 'place' | 'credentials'>;
  maxOutputBytes: number;
  /** Of a step: heap, and likewise all else that it holds. */
  maxMemoryMb: number;
  /** Folder for compiled code, which makes the start of the next process cheap. */
  compiledDir: string;
  env: Record<string, string>;
  /** What it has besides its own folder for temporary files, where it may not have all. */
  confinedTo?: Permitted;
  outboundAllow: readonly string[];
  onStrayError: (error: StepError, file: string | null) => void;
}

/** A process in which modules run, one step at a time or several (node-process.ts is its inside). */
export class ModuleProcess {
  readonly #options: ModuleProcessOptions;
  /** For its temporary files. */
  readonly #folder = makeOwnFolder('module');
  readonly #group: ProcessGroup;
  readonly #leash: ChildProcess | undefined;
  readonly #said: WrittenTogether;
  readonly #exited = Promise.withResolvers<void>();
  /** Those that run, by number. */
  readonly #orders = new Map<number, OrderedSteps>();
  /** What it says: what was printed before it belongs to the same step. */
  readonly #heard = new LinesAfterPipes((line) => this.#read(line));
  #ordered = 0;
  /** Of the step that began last: what it left behind may know its secrets. */
  #mask = new SecretMask();
  #steps = 0;
  #inspected: PromiseWithResolvers<ModuleDescription> | undefined;
  /** Built-in modules that it has been made ready for, and when it is. */
  readonly #readyFor = new Set<string>();
  #ranFiles = false;
  #prepared = Promise.withResolvers<boolean>();
  #loss: StepError | undefined;
  /** The order whose step has caused it, when that is known. */
  #lostTo: number | undefined;
  /** When it was asked for a sign of life that it has not given yet, on the clock of performance.now(). */
  #askedAt: number | undefined;
  #retired = false;
  #killed = false;
  #tainted = false;
  #gone = false;

  constructor(options: ModuleProcessOptions) {
    const { contents, maxOutputBytes, maxMemoryMb, compiledDir, confinedTo, outboundAllow } = options;
    const env = { ...options.env, NODE_COMPILE_CACHE: compiledDir, TMPDIR: this.#folder };
    const settings: ProcessSettings = { contents: contents.place, maxOutputBytes, outboundAllow };
    this.#options = options;
    this.#group = new ProcessGroup(
      process.execPath,
      [
        `--max-old-space-size=${maxMemoryMb}`,
        '--disable-warning=ExperimentalWarning',
        '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
        ...(confinedTo === undefined ? [] : confinementFlags(confinedTo, this.#folder)),
        ENTRY,
        JSON.stringify(settings),
      ],
      { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
      (end) => this.#end(describeEnd(end, maxMemoryMb)),
    );
    const [, stdout, stderr, socket] = this.#group.pipes as unknown as [null, Readable, Readable, Socket];
    socket.on('error', () => {});
    this.#said = new WrittenTogether(socket);
    readLines(
      socket,
      maxOutputBytes * LINE_FACTOR + MIB,
      (line) => this.#heard.add(line),
      () => this.#breakOff('an answer without end'),
    );
    // What neither the console nor the streams of the process wrote: native code, and programs it started.
    this.#takePrinted(stdout, 'info');
    this.#takePrinted(stderr, 'warn');
    if (this.#group.pid !== undefined) this.#leash = leash(this.#group.pid);
  }

  get pid(): number | undefined {
    return this.#group.pid;
  }

  get exited(): Promise<void> {
    return this.#exited.promise;
  }

  /** It takes no more steps: what it said before it was killed may still come. */
  get gone(): boolean {
    return this.#gone || this.#killed;
  }

  /** Nothing has run in it yet. */
  get fresh(): boolean {
    return this.#steps === 0;
  }

  /** How many steps run in it. */
  get busy(): number {
    return this.#orders.size;
  }

  run(step: FiledStep, ahead: readonly FiledStep[] = []): OrderedSteps {
    const number = this.#ordered++;
    const order = new OrderedSteps(number, step, ahead, {
      send: (order) => this.#send(order),
      // Whatever runs there once it is over is another one's.
      kill: () => void (this.#orders.has(number) && this.kill()),
      begins: (step) => this.#begin(step),
    });
    this.#orders.set(number, order);
    return order;
  }

  #begin({ file, task }: FiledStep): boolean {
    const first = this.fresh;
    this.#mask = task.secrets.mask;
    this.#steps++;
    if (file === null) this.#readyFor.add(task.request.ref);
    else this.#ranFiles = true;
    return first;
  }

  /** What the module in a file says of itself; rejects when there is none, or when the process was lost over it. */
  inspect(file: string): Promise<ModuleDescription> {
    this.#inspected = Promise.withResolvers();
    this.#send({ kind: 'inspect', file });
    return this.#inspected.promise;
  }

  /** Module files are not mixed with what is imported ahead: a library that adds to a prototype would look like theirs. */
  canPrepare(refs: readonly string[]): boolean {
    return !this.#ranFiles && !refs.every((ref) => this.#readyFor.has(ref));
  }

  /** Has it import these built-in modules. @returns whether it may run a step then */
  prepare(refs: readonly string[]): Promise<boolean> {
    for (const ref of refs) this.#readyFor.add(ref);
    this.#prepared = Promise.withResolvers();
    this.#send({ kind: 'prepare', refs });
    if (this.#gone) this.#prepared.resolve(false);
    return this.#prepared.promise;
  }

  /** Ends the process when it holds more memory than it may, of whatever sort. */
  judgeMemory(heldBytes: number): void {
    const { maxMemoryMb } = this.#options;
    if (heldBytes <= (maxMemoryMb + OWN_MEMORY_MB) * MIB) return;
    this.#loss ??= outOfMemory(maxMemoryMb);
    void this.kill();
  }

  /** Ends the process when the steps beside each other in it are kept waiting by one that blocks. To be called often. */
  judgePulse(nowMs: number): void {
    if (this.#askedAt === undefined) {
      this.#askedAt = nowMs;
      this.#send({ kind: 'ping' });
    } else if (nowMs - this.#askedAt > BLOCKED_MS) {
      this.#loss ??= { code: 'MODULE_CRASHED', message: `A step kept those beside it waiting for ${BLOCKED_MS} ms` };
      void this.kill();
    }
  }

  /** Ends once nothing runs in it any more. */
  retire(): void {
    this.#retired = true;
    if (this.busy === 0) void this.kill();
  }

  /** Ends the process and all that a module started in it; resolves when it is gone. */
  kill(): Promise<void> {
    this.#killed = true;
    this.#group.signal('SIGKILL');
    return this.#exited.promise;
  }

  #send(order: ProcessOrder): void {
    if (!this.#gone) this.#said.write(lineOf(order));
  }

  #read(line: string): void {
    const success = readSuccess(line);
    if (success !== undefined) {
      this.#orders.get(success.order)?.succeed(success);
      return;
    }
    let message: ProcessMessage;
    try {
      message = JSON.parse(line);
    } catch {
      this.#breakOff('an answer that is not JSON');
      return;
    }
    switch (message?.kind) {
      case 'pong':
        this.#askedAt = undefined;
        break;
      case 'stray-error':
        this.#tainted = true;
        this.#options.onStrayError(this.#masked(message.error), message.file);
        break;
      case 'credentials-wanted':
        void this.#giveCredentials();
        break;
      case 'prepared':
        this.#prepared.resolve(true);
        break;
      case 'inspected':
        this.#inspected?.resolve(message.module);
        break;
      case 'not-a-module':
        this.#inspected?.reject(new InspectionError(message.error));
        break;
      default:
        this.#readOfOrder(message);
    }
  }

  #readOfOrder(message: OrderMessage): void {
    const order = this.#orders.get(message?.order);
    if (order === undefined) return;
    switch (message.kind) {
      case 'answer':
        order.answer(message.end);
        break;
      case 'rested':
        this.#orders.delete(message.order);
        order.rest(message.left.length === 0 && !this.#tainted && !this.#isWorn);
        if (this.#retired && this.busy === 0) void this.kill();
        break;
      case 'crash':
        this.#loss ??= message.error;
        this.#lostTo = message.order;
        break;
      case 'secret-wanted':
        void order.giveSecret(message);
        break;
      default:
        order.tell(message);
    }
  }

  get #isWorn(): boolean {
    return this.#steps >= (this.#ranFiles ? MAX_STEPS.ofFiles : MAX_STEPS.builtIn);
  }

  #masked(error: StepError): StepError {
    const masks = [...this.#orders.values()].flatMap(({ mask }) => mask ?? []);
    return [this.#mask, ...masks].reduce((told, mask) => maskedError(told, mask), error);
  }

  async #giveCredentials(): Promise<void> {
    const given = await this.#options.contents.credentials().then(
      (credentials) => ({ credentials }),
      (error) => ({ error: describeError(error) }),
    );
    this.#send({ kind: 'credentials', given });
  }

  #breakOff(what: string): void {
    this.#loss ??= { code: 'MODULE_CRASHED', message: `The module's process gave ${what}` };
    void this.kill();
  }

  #takePrinted(stream: Readable, level: 'info' | 'warn'): void {
    const tell = (message: string) => {
      // Of several, none can be told to have printed it.
      const [order] = this.busy === 1 ? this.#orders.values() : [];
      order?.tell({ kind: 'log', entry: { level, message, loggedAt: Date.now() } });
    };
    readLines(stream, MAX_PRINTED_LINE, tell, () => {
      tell('a line without end was printed; what is printed after it is left out');
      stream.resume();
    });
  }

  #end(otherwise: StepError): void {
    this.#heard.end();
    this.#gone = true;
    this.#leash?.kill('SIGKILL');
    const error = this.#loss ?? otherwise;
    for (const [id, order] of this.#orders) {
      const innocent = this.#lostTo !== undefined && this.#lostTo !== id;
      // Where others were, too, it may have been one of them.
      order.lose(innocent ? LOST_TO_ANOTHER : error, this.#steps === 1);
    }
    this.#inspected?.reject(new InspectionError(error));
    this.#prepared.resolve(false);
    void removeOwnFolder(this.#folder)
      .catch(() => {})
      .then(() => this.#exited.resolve());
  }
}
