import type { StepError, StepListeners } from './step-result.ts';
import type { ThreadReport } from './thread-messages.ts';

export interface StepReports {
  receive(report: ThreadReport): void;
  /** Resolves once `count` reports have come: they travel apart from the answer that says how many there are. */
  complete(count: number): Promise<void>;
  /** What the thread said about its own end. */
  crash(): StepError | null;
}

/** Takes the reports of one run from its thread and hands them to those who listen. */
export function receiveStepReports(listeners: StepListeners): StepReports {
  let received = 0;
  let expected = Number.POSITIVE_INFINITY;
  let crash: StepError | null = null;
  const completed = Promise.withResolvers<void>();
  return {
    receive(report) {
      received++;
      switch (report.kind) {
        case 'log':
          listeners.onLog?.(report.entry);
          break;
        case 'progress':
          listeners.onProgress?.(report.progress);
          break;
        case 'status':
          listeners.onStatusMessage?.(report.message);
          break;
        case 'event':
          listeners.onEmit?.(report.event);
          break;
        case 'crash':
          crash = report.error;
          break;
        case 'stray-error':
          break;
      }
      if (received >= expected) completed.resolve();
    },
    async complete(count) {
      expected = count;
      if (received < count) await completed.promise;
    },
    crash: () => crash,
  };
}
