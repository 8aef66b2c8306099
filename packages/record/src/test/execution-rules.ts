import { type ExecutionStatus, isFinished } from '@gantry/domain/status';

/** Whatever is done to executions of one assistant about one document, in whatever order. */
export const COMMANDS = [
  ...['event', 'admit', 'plan', 'retry', 'succeed', 'fail', 'stopped', 'stale'],
  ...['cancel', 'deadline', 'reprocess', 'delete', 'deactivate', 'activate', 'remove assistant', 'prune'],
] as const;

export interface Command {
  does: (typeof COMMANDS)[number];
  /** To which of the executions there are, counted round. */
  to: number;
}

export interface ModelExecution {
  name: number;
  status: ExecutionStatus;
  /** What it was before it was being replaced. */
  previous: ExecutionStatus | null;
  /** The name of the one it is the open replacement of. */
  replaces: number | null;
  pastDeadline: boolean;
  /** Some step of it has: from then on its time counts. */
  started: boolean;
  epoch: number;
  hasKey: boolean;
  hasAssistant: boolean;
}

/** The rules of the record, for an assistant that hears events with one dedup key and runs `LIMIT` at once. */
export interface Model {
  executions: ModelExecution[];
  made: number;
  assistant: 'active' | 'inactive' | 'removed';
}

export const LIMIT = 2;

const active = ({ status }: ModelExecution) => status === 'PENDING' || status === 'RUNNING';

export function born(): Model {
  return { executions: [], made: 0, assistant: 'active' };
}

/** @returns the model after a command; the one given stays as it is */
export function obey(before: Model, { does, to }: Command): Model {
  const model = structuredClone(before);
  const { executions } = model;
  const target = executions[to % Math.max(executions.length, 1)];
  if (does === 'event' && model.assistant === 'active') {
    const held = executions.some((one) => one.hasKey && (active(one) || one.status === 'REQUESTED'));
    create(model, { status: held ? 'SKIPPED' : 'REQUESTED', hasKey: true });
  } else if (does === 'reprocess' && model.assistant !== 'removed') reprocess(model);
  else if (does === 'deactivate' && model.assistant === 'active') model.assistant = 'inactive';
  else if (does === 'activate' && model.assistant === 'inactive') model.assistant = 'active';
  else if (does === 'remove assistant') {
    model.assistant = 'removed';
    for (const one of executions) one.hasAssistant = false;
  } else if (does === 'admit') admit(model);
  else if (does === 'prune')
    model.executions = executions.filter((one) => !isFinished(one.status) || one.status === 'PENDING_REPROCESSING');
  else if (does === 'deadline')
    for (const one of executions) one.pastDeadline ||= one.started && one.status === 'RUNNING';
  else if (target) toOne(model, target, does);
  return model;
}

function toOne(model: Model, target: ModelExecution, does: Command['does']): void {
  const { status } = target;
  const runs = active(target) || status === 'CANCELLING';
  if (does === 'cancel' && status === 'REQUESTED') end(model, target, 'CANCELLED');
  else if (does === 'cancel' && active(target)) Object.assign(target, { status: 'CANCELLING', pastDeadline: false });
  else if (does === 'delete' && isFinished(status)) model.executions = model.executions.filter((one) => one !== target);
  else if (does === 'plan' && runs) {
    target.epoch += 1;
    if (status === 'PENDING') target.status = 'RUNNING';
  } else if (does === 'retry' && runs && target.epoch > 0) {
    target.started = true;
  } else if (runs && (does === 'succeed' || does === 'fail')) {
    const stopped = status === 'CANCELLING' ? 'CANCELLED' : target.pastDeadline ? 'FAILED' : undefined;
    end(model, target, stopped ?? (does === 'succeed' ? 'SUCCEEDED' : 'FAILED'));
  } else if (does === 'stopped' && status === 'CANCELLING') end(model, target, 'CANCELLED');
  else if (does === 'stopped' && active(target) && target.pastDeadline) end(model, target, 'FAILED');
}

function end(model: Model, target: ModelExecution, status: ExecutionStatus): void {
  const replaced = model.executions.find(({ name }) => name === target.replaces);
  if (replaced?.status === 'PENDING_REPROCESSING') {
    replaced.status = status === 'SUCCEEDED' ? 'REPROCESSED' : (replaced.previous ?? 'FAILED');
    replaced.previous = null;
  }
  Object.assign(target, { status, replaces: null });
}

function reprocess(model: Model): void {
  const last = model.executions.findLast((one) => isFinished(one.status) && one.status !== 'SKIPPED');
  if (last?.status === 'PENDING_REPROCESSING') return;
  if (last) Object.assign(last, { previous: last.status, status: 'PENDING_REPROCESSING' });
  create(model, { status: 'REQUESTED', replaces: last?.name ?? null });
}

/** The manual ones are the more urgent. */
function admit({ executions }: Model): void {
  const running = executions.filter((one) => one.hasAssistant && (active(one) || one.status === 'CANCELLING'));
  const waiting = executions.filter((one) => one.status === 'REQUESTED');
  const limited = waiting
    .filter((one) => one.hasAssistant)
    .toSorted((a, b) => Number(a.hasKey) - Number(b.hasKey) || a.name - b.name)
    .slice(0, Math.max(LIMIT - running.length, 0));
  for (const one of waiting) if (limited.includes(one) || !one.hasAssistant) one.status = 'PENDING';
}

function create(model: Model, said: Pick<ModelExecution, 'status'> & Partial<ModelExecution>): void {
  const fresh = {
    previous: null,
    replaces: null,
    pastDeadline: false,
    started: false,
    epoch: 0,
    hasKey: false,
    hasAssistant: true,
  };
  model.executions.push({ name: model.made, ...fresh, ...said });
  model.made += 1;
}
