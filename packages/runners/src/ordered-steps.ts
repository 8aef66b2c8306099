import type { OrderAhead, OrderMessage, ProcessOrder, Success } from './process-messages.ts';
import type { SecretMask } from './secret-mask.ts';
import { describeError } from './step-error.ts';
import type { StepError } from './step-result.ts';
import type { StepAhead, StepEnd, StepRun, StepTask } from './step-runner.ts';

/** A step, where its module is, and who is told of it. */
export interface FiledStep extends Pick<StepAhead, 'tell'> {
  /** Null for a built-in module. */
  file: string | null;
  task: Pick<StepTask, 'request' | 'secrets'>;
}

/** The process that runs an order. */
export interface OrderHost {
  send: (order: ProcessOrder) => void;
  kill: () => void;
  /** A step begins there. @returns whether nothing has run there before */
  begins: (step: FiledStep) => boolean;
}

/** A step that runs. */
class Served implements StepRun {
  readonly step: FiledStep;
  readonly fresh: boolean;
  /** Milliseconds since 1970. */
  readonly beganAt: number;
  readonly stop: StepRun['stop'];
  readonly kill: StepRun['kill'];
  readonly #ended = Promise.withResolvers<StepEnd>();
  #end: StepEnd | undefined;

  constructor({ step, fresh, beganAt, stop, kill }: Pick<Served, 'step' | 'fresh' | 'beganAt' | 'stop' | 'kill'>) {
    this.step = step;
    this.fresh = fresh;
    this.beganAt = beganAt;
    this.stop = stop;
    this.kill = kill;
  }

  get ended(): Promise<StepEnd> {
    return this.#ended.promise;
  }

  get end(): StepEnd | undefined {
    return this.#end;
  }

  settle(end: StepEnd): void {
    this.#end = end;
    this.#ended.resolve(end);
  }
}

/** What a module process was asked to run at once: a step, and those that it goes on with by itself. */
export class OrderedSteps {
  readonly #number: number;
  readonly #host: OrderHost;
  readonly #ahead: FiledStep[];
  readonly #rested = Promise.withResolvers<boolean>();
  #serving: Served | undefined;
  readonly first: StepRun;

  /** @param number of the order, in its process */
  constructor(number: number, step: FiledStep, ahead: readonly FiledStep[], host: OrderHost) {
    this.#number = number;
    this.#host = host;
    this.#ahead = [...ahead];
    const { file, task } = step;
    host.send({ kind: 'run', order: number, file, request: task.request, ahead: ahead.map(orderAhead) });
    this.first = this.#serve(step, Date.now());
  }

  /** Settles once they are over and the process may run others: true; or will not any more: false. */
  get rested(): Promise<boolean> {
    return this.#rested.promise;
  }

  /** Of the step that runs. */
  get mask(): SecretMask | undefined {
    return this.#serving?.step.task.secrets.mask;
  }

  tell(report: Parameters<FiledStep['tell']>[0]): void {
    this.#serving?.step.tell(report);
  }

  succeed({ outputJson, at: said, goesOn }: Success): void {
    const serving = this.#serving;
    if (serving === undefined) return;
    // The clock of a process is what its modules have made of it.
    const at = Math.min(Math.max(said, serving.beganAt), Date.now());
    const next = goesOn ? this.#ahead.shift() : undefined;
    this.#serving = undefined;
    const end = { outcome: 'succeeded', outputJson, at } as const;
    serving.settle(next === undefined ? end : { ...end, next: this.#serve(next, at) });
  }

  answer(end: StepEnd): void {
    this.#serving?.settle(end);
    this.#serving = undefined;
  }

  rest(usable: boolean): void {
    this.#rested.resolve(usable);
  }

  /** Its process is gone. @param alone no other step has run there */
  lose(error: StepError, alone: boolean): void {
    this.answer({ outcome: 'crashed', error, fresh: alone && this.#serving?.fresh === true });
    this.rest(false);
  }

  /** A step that has ended meanwhile is not told: the process may run another one. */
  async giveSecret({ id, name }: Extract<OrderMessage, { kind: 'secret-wanted' }>): Promise<void> {
    const serving = this.#serving;
    const given = await serving?.step.task.secrets.get(name).then(
      (value) => ({ value }),
      (error) => ({ error: describeError(error) }),
    );
    if (given === undefined || serving !== this.#serving) return;
    this.#host.send({ kind: 'secret', order: this.#number, id, given });
  }

  #serve(step: FiledStep, beganAt: number): StepRun {
    this.#serving = new Served({
      step,
      fresh: this.#host.begins(step),
      beganAt,
      stop: (stop) => this.#host.send({ kind: 'stop', order: this.#number, stop }),
      kill: this.#host.kill,
    });
    return this.#serving;
  }
}

function orderAhead({ file, task }: FiledStep): OrderAhead {
  const { ref, options, stepId, stepIndex, attempt } = task.request;
  return { file, ref, options, stepId, stepIndex, attempt };
}
