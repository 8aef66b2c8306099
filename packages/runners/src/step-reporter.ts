import type { LogLevel, ModuleInput } from '@gantry/module-sdk/define-module';
import { logFields } from './log-fields.ts';
import type { StepReports } from './step-reports.ts';

const now = Date.now.bind(Date);

export type StepReporter = Pick<ModuleInput<unknown>, 'logger' | 'progress' | 'statusMessage' | 'emit'>;

/** The functions by which a module tells something while it runs. Only `emit` throws. */
export function createStepReporter(reports: StepReports): StepReporter {
  const log = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    const entry = { level, message, loggedAt: now() };
    reports.take({ kind: 'log', entry: fields === undefined ? entry : { ...entry, fields: logFields(fields) } });
  };
  return {
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    progress: (done, max) => reports.take({ kind: 'progress', progress: { done, max: max ?? null } }),
    statusMessage: (message) => reports.take({ kind: 'status', message: Object(message) }),
    emit: (event) => reports.take({ kind: 'event', event }),
  };
}
