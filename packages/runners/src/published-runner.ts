import { BundleError } from '@gantry/bundles/bundle';
import type { BundleCache } from '@gantry/bundles/bundle-cache';
import { ContentError } from '@gantry/contents/content-store';
import type { ModuleBundle, ModuleMetadata } from '@gantry/contracts/module-definition';
import { describeError } from './step-error.ts';
import type { StepAhead, StepEnd, StepReport, StepRun, StepRunner, StepTask, Stop } from './step-runner.ts';

type KindWithFiles = 'node' | 'process';

/**
 * Runs published modules of a kind too: their files are fetched before the runner of the kind gets the step. Everything else
 * passes through.
 */
export class PublishedRunner<Kind extends KindWithFiles> implements StepRunner<Kind> {
  readonly #runner: StepRunner<Kind>;
  readonly #bundles: BundleCache;

  constructor(runner: StepRunner<Kind>, bundles: BundleCache) {
    this.#runner = runner;
    this.#bundles = bundles;
  }

  start(): Promise<void> {
    return this.#runner.start();
  }

  run(task: StepTask<Kind>, tell: (report: StepReport) => void, ahead: readonly StepAhead<Kind>[] = []): StepRun {
    const end = ahead.findIndex((step) => bundleOf(step.task) !== undefined);
    const following = end < 0 ? ahead : ahead.slice(0, end);
    const bundle = bundleOf(task);
    if (bundle === undefined) return this.#runner.run(task, tell, following);
    const run = new FetchedRun((folder) => this.#runner.run({ ...task, folder }, tell, following));
    this.#bundles
      .use(task.request.organizationId, bundle, (folder) => run.begin(folder))
      .catch((error) => run.fail(notFetched(error, task.request.ref)));
    return run;
  }

  close(): Promise<void> {
    this.#bundles.close();
    return this.#runner.close();
  }
}

function bundleOf({ module }: { module: ModuleMetadata }): ModuleBundle | undefined {
  return module.bundle;
}

/** A step whose files may still be fetched. */
class FetchedRun implements StepRun {
  readonly #start: (folder: string) => StepRun;
  readonly #ended = Promise.withResolvers<StepEnd>();
  #run: StepRun | undefined;
  #over = false;

  constructor(start: (folder: string) => StepRun) {
    this.#start = start;
  }

  get ended(): Promise<StepEnd> {
    return this.#ended.promise;
  }

  /** Resolves when nothing needs the folder any more. */
  async begin(folder: string): Promise<void> {
    if (this.#over) return;
    this.#run = this.#start(folder);
    const end = await this.#run.ended;
    this.#ended.resolve(end);
  }

  fail(end: StepEnd): void {
    this.#over = true;
    this.#ended.resolve(end);
  }

  stop(stop: Stop): void {
    if (this.#run === undefined) this.fail({ outcome: 'failed', error: stop.error });
    else this.#run.stop(stop);
  }

  kill(): void {
    const error = { code: 'MODULE_CRASHED', message: 'It was killed' };
    if (this.#run === undefined) this.fail({ outcome: 'crashed', error, fresh: true });
    else this.#run.kill();
  }
}

/** What is away comes back: the step waits then, and no attempt is counted. */
function notFetched(error: unknown, ref: string): StepEnd {
  const { message } = describeError(error);
  const told = { code: 'MODULE_NOT_LOADED', message: `The files of ${ref} could not be fetched: ${message}` };
  const lost = error instanceof BundleError || (error instanceof ContentError && error.code !== 'CONTENT_UNAVAILABLE');
  return { outcome: lost ? 'failed' : 'unavailable', error: told };
}
