import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContentStores } from '@gantry/contents/content-store';
import type { ModuleMetadataOf } from '@gantry/contracts/module-definition';
import { Program, type ProgramLimits } from './program.ts';
import { singleRun } from './single-run.ts';
import { DEFAULT_MAX_OUTPUT_BYTES } from './step-engine.ts';
import type { StepReport, StepRun, StepRunner, StepTask } from './step-runner.ts';

/** A program that does not say that it takes another step is ended. */
const READY_LIMIT_MS = 1_000;
/** When no step has begun for so long, programs that wait are let go but for one of each kind. */
const REST_MS = 120_000;

export interface ProcessRunnerOptions {
  contents: ContentStores;
  /** Programs that wait for a step at most. */
  maxIdle: number;
  /** What programs see of the environment: PATH, so that they are found. */
  env?: Readonly<Record<string, string>>;
  /** Default: 512 MB, 1,024 open files, 900 s of CPU. */
  limits?: Partial<ProgramLimits>;
}

/** Runs `process` modules: any executable that speaks the lines of program-messages.ts. */
export class ProcessRunner implements StepRunner<'process'> {
  readonly #options: ProcessRunnerOptions;
  readonly #limits: ProgramLimits;
  readonly #programs = new Set<Program>();
  /** Those that wait, the one that ran last at the end. */
  #idle: { key: string; program: Program }[] = [];
  readonly #rest = setTimeout(() => this.#letGo(), REST_MS).unref();
  #closed = false;

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    this.#limits = {
      maxMemoryMb: 512,
      maxOpenFiles: 1_024,
      cpuSeconds: 900,
      maxOutputBytes: DEFAULT_MAX_OUTPUT_BYTES,
      ...options.limits,
    };
  }

  async start(): Promise<void> {}

  run({ module, folder, request, secrets, fresh }: StepTask<'process'>, tell: (report: StepReport) => void): StepRun {
    this.#rest.refresh();
    const command = commandOf(module, folder ?? null);
    const key = JSON.stringify(command);
    const program = this.#take(key, fresh) ?? this.#open(command);
    const ended = program.run({ request, secrets }, tell);
    void ended.then(() => this.#keepWhenReady(key, program));
    return singleRun(ended, { stop: (stop) => program.stop(stop), kill: () => void program.kill() });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#rest);
    await Promise.all([...this.#programs].map((program) => program.kill()));
  }

  #take(key: string, fresh: boolean): Program | undefined {
    const index = this.#idle.findLastIndex((idle) => idle.key === key && !idle.program.gone);
    if (index < 0 || fresh) return undefined;
    return this.#idle.splice(index, 1)[0]?.program;
  }

  #open(command: readonly string[]): Program {
    const { contents, env = {} } = this.#options;
    const program = new Program({ command, env, limits: this.#limits, contents });
    this.#programs.add(program);
    void program.exited.then(() => this.#programs.delete(program));
    return program;
  }

  async #keepWhenReady(key: string, program: Program): Promise<void> {
    const usable = await Promise.race([program.rested, delay(READY_LIMIT_MS, false, { ref: false })]);
    this.#idle = this.#idle.filter((idle) => !idle.program.gone);
    if (!usable || program.gone || this.#closed || this.#options.maxIdle === 0) {
      await program.kill();
      return;
    }
    this.#idle.push({ key, program });
    if (this.#idle.length > this.#options.maxIdle) await this.#idle.shift()?.program.kill();
  }

  #letGo(): void {
    const kept = new Map(this.#idle.map((idle) => [idle.key, idle]));
    for (const idle of this.#idle) if (kept.get(idle.key) !== idle) void idle.program.kill();
    this.#idle = [...kept.values()];
  }
}

/** What begins with `./` lies in the folder of the module. */
function commandOf({ command }: Pick<ModuleMetadataOf<'process'>, 'command'>, folder: string | null): string[] {
  return command.map((part) => (folder !== null && part.startsWith('./') ? join(folder, part) : part));
}
