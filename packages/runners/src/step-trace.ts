import { AsyncLocalStorage } from 'node:async_hooks';
import type { ModuleInput } from '@gantry/module-sdk/define-module';
import type { StepReports } from './step-reports.ts';

const now = Date.now.bind(Date);

/** The last bit of a traceparent says that somebody keeps the trace. */
const KEPT = /[13579bdf]$/;

/** What a module adds to the trace of its step: told to the worker, which has the SDK and the address it is sent to. */
export function stepTrace(reports: StepReports, traceparent: string | null): ModuleInput<unknown>['trace'] {
  const within = new AsyncLocalStorage<number>();
  const kept = traceparent !== null && KEPT.test(traceparent);
  let spans = 0;
  return {
    traceparent,
    span: async (name, work, attributes = {}) => {
      if (!kept) return work();
      const id = spans++;
      const begun = { kind: 'begun', id, within: within.getStore() ?? null, name, attributes, at: now() } as const;
      reports.take({ kind: 'span', span: begun });
      let error: string | null = null;
      try {
        return await within.run(id, work);
      } catch (thrown) {
        error = thrown instanceof Error ? thrown.message : 'failed';
        throw thrown;
      } finally {
        reports.take({ kind: 'span', span: { kind: 'ended', id, error, at: now() } });
      }
    },
  };
}
