import type { LogLevel, ModuleInput } from '@gantry/module-sdk/define-module';
import { logFields } from '@gantry/module-sdk/log-fields';
import { checkLabel } from '@gantry/module-sdk/told';
import type { StepReports } from './step-reports.ts';

const now = Date.now.bind(Date);

export type StepReporter = Pick<
  ModuleInput<unknown>,
  'logger' | 'progress' | 'statusMessage' | 'labels' | 'emit' | 'keepCheckpoint'
>;

/** The functions by which a module tells something while it runs. Labels, `emit` and checkpoints throw: the rest is made fit. */
export function createStepReporter(reports: StepReports): StepReporter {
  const log = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    const entry = { level, message, loggedAt: now() };
    reports.take({ kind: 'log', entry: fields === undefined ? entry : { ...entry, fields: logFields(fields) } });
  };
  const label = (labelled: boolean) => (label: string) => {
    checkLabel(label);
    reports.take({ kind: 'label', label, labelled });
  };
  return {
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    progress: (done, max) => reports.take({ kind: 'progress', progress: { done, max: max ?? null } }),
    statusMessage: (message) => reports.take({ kind: 'status', message: Object(message) }),
    labels: { add: label(true), remove: label(false) },
    keepCheckpoint: (checkpoint) => reports.take({ kind: 'checkpoint', checkpoint }),
    emit: (event) => reports.take({ kind: 'event', event }),
  };
}
