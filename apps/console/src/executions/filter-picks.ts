const HOUR_MS = 3_600_000;

/** A condition that is asked for often. Of those about the same thing one holds at a time. */
export interface Pick {
  name: string;
  about: 'status' | 'age' | 'time taken';
  condition: (nowMs: number) => string;
}

const AGE = /^createdOn ge '[^']*'$/;

/** What gives way to another condition about the same. */
const REPLACED: Readonly<Record<Pick['about'], RegExp>> = {
  status: /^(status (eq|in) .*|startDate is (not )?null)$/,
  age: AGE,
  'time taken': /^processingTime gt \d+$/,
};

const status = (name: string, condition: string): Pick => ({ name, about: 'status', condition: () => condition });
const since = (name: string, hours: number): Pick => ({
  name,
  about: 'age',
  condition: (nowMs) => `createdOn ge '${new Date(nowMs - hours * HOUR_MS).toISOString().slice(0, 16)}Z'`,
});

/** With a worker, as far as that can be told; what waits for the worker of a later step is among it. */
export const RUNNING = "status eq 'RUNNING' and startDate is not null";

/** To be admitted, to be planned, or for its first worker. */
export const WAITING = "status in ('REQUESTED','PENDING','RUNNING') and startDate is null";

export const picks: readonly Pick[] = [
  status('Failed', "status eq 'FAILED'"),
  status('Running', RUNNING),
  status('Waiting', WAITING),
  status('Cancelled', "status eq 'CANCELLED'"),
  since('Last 24 hours', 24),
  { name: 'Slow', about: 'time taken', condition: () => 'processingTime gt 10000' },
];

/** Parts that all must hold; one part where they cannot be told apart. */
function partsOf(filter: string): string[] {
  if (filter === '') return [];
  return /\bor\b|\bnot\b|[()]/i.test(filter.replaceAll(/\bin \([^()]*\)|'[^']*'|\bis not null\b/g, ''))
    ? [filter]
    : filter.split(' and ');
}

/** Which parts of a filter say it; none unless all that it takes are there. */
function partsSaying(parts: readonly string[], { about, condition }: Pick): readonly string[] {
  if (about === 'age') return parts.filter((part) => AGE.test(part));
  const wanted = condition(0).split(' and ');
  return wanted.every((part) => parts.includes(part)) ? wanted : [];
}

export function isPicked(filter: string, wanted: Pick): boolean {
  return partsSaying(partsOf(filter), wanted).length > 0;
}

export function withoutPick(filter: string, wanted: Pick): string {
  const parts = partsOf(filter);
  const said = partsSaying(parts, wanted);
  return parts.filter((part) => !said.includes(part)).join(' and ');
}

/** What holds already and the condition, instead of others about the same. */
export function pick(filter: string, wanted: Pick, nowMs: number): string {
  const left = partsOf(filter).filter((part) => !REPLACED[wanted.about].test(part));
  const [only] = left;
  const kept = left.length === 1 && only !== undefined && /\bor\b/i.test(only) ? [`(${only})`] : left;
  return [...kept, wanted.condition(nowMs)].join(' and ');
}
