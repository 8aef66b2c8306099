import type { StepListeners } from './step-result.ts';
import type { ThreadReport } from './thread-messages.ts';

/** Hands what a running step reports to those who listen. */
export function tellListeners(listeners: StepListeners, report: ThreadReport): void {
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
    case 'content':
      listeners.onContent?.(report.content);
      break;
  }
}
