import type { StepEnd, StepRun } from './step-runner.ts';

/** The run of a step in something that serves others after it: once it has ended, they are neither stopped nor killed for it. */
export function singleRun(ended: Promise<StepEnd>, { stop, kill }: Pick<StepRun, 'stop' | 'kill'>): StepRun {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  return {
    ended,
    stop(how) {
      if (!over) stop(how);
    },
    kill() {
      if (!over) kill();
    },
  };
}
