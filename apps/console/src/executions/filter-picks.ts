const HOUR_MS = 3_600_000;

/** A condition that is asked for often. Of those about the same thing one holds at a time. */
export interface Pick {
  name: string;
  about: 'status' | 'age' | 'time taken';
  condition: (nowMs: number) => string;
}

const AGE = /^createdOn ge '[^']*'$/;

const status = (name: string, condition: string): Pick => ({ name, about: 'status', condition: () => condition });
const since = (name: string, hours: number): Pick => ({
  name,
  about: 'age',
  condition: (nowMs) => `createdOn ge '${new Date(nowMs - hours * HOUR_MS).toISOString().slice(0, 16)}Z'`,
});

export const picks: readonly Pick[] = [
  status('Failed', "status eq 'FAILED'"),
  status('Running', "status eq 'RUNNING'"),
  status('Waiting', "status in ('PENDING','REQUESTED')"),
  status('Cancelled', "status eq 'CANCELLED'"),
  since('Last 24 hours', 24),
  { name: 'Slow', about: 'time taken', condition: () => 'processingTime gt 10000' },
];

/** Parts that all must hold; one part where they cannot be told apart. */
function partsOf(filter: string): string[] {
  if (filter === '') return [];
  return /\bor\b|\bnot\b|[()]/i.test(filter.replaceAll(/\bin \([^()]*\)|'[^']*'/g, ''))
    ? [filter]
    : filter.split(' and ');
}

const says = (part: string, { about, condition }: Pick) => (about === 'age' ? AGE.test(part) : part === condition(0));

export function isPicked(filter: string, wanted: Pick): boolean {
  return partsOf(filter).some((part) => says(part, wanted));
}

export function withoutPick(filter: string, wanted: Pick): string {
  const left = partsOf(filter).filter((part) => !says(part, wanted));
  return left.join(' and ');
}

/** What holds already and the condition, instead of others about the same. */
export function pick(filter: string, wanted: Pick, nowMs: number): string {
  const others = picks.filter(({ about }) => about === wanted.about);
  const left = partsOf(filter).filter((part) => !others.some((other) => says(part, other)));
  const [only] = left;
  const kept = left.length === 1 && only !== undefined && /\bor\b/i.test(only) ? [`(${only})`] : left;
  return [...kept, wanted.condition(nowMs)].join(' and ');
}
