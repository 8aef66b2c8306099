import { prunedSchema, pruneRequestSchema } from '@gantry/contracts/http/prune';
import { auditAlone } from '@gantry/record/audit/audit';
import { transaction } from '@gantry/record/connection/transaction';
import { countPrunable } from '@gantry/record/retention/count-prunable';
import { pruneEvents } from '@gantry/record/retention/prune-events';
import { pruneExecutions } from '@gantry/record/retention/prune-executions';
import type { ApiDeps } from '../api-deps.ts';
import { route } from '../http/route.ts';

/** Each transaction is over in a fraction of a second, and a request long before its client gives up. */
const EXECUTIONS = 500;
const EVENTS = 2_000;
const LONGEST_MS = 5_000;
const DAY_MS = 86_400_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export const prune = route({
  method: 'post',
  path: '/api/admin/prune',
  summary: 'Remove what has been kept for longer than so many days, as much of it as goes in some seconds',
  scopes: ['operator'],
  body: pruneRequestSchema,
  answers: { 200: prunedSchema },
  async handle({ caller, body: { executionDays, eventDays, dryRun } }, deps) {
    const before = { executions: daysAgo(executionDays), events: daysAgo(eventDays) };
    if (dryRun) return { status: 200, body: { ...(await countPrunable(deps.db, before)), more: false } };
    const until = performance.now() + LONGEST_MS;
    const executions = await removeExecutions(deps, before.executions, until);
    const events = await removeEvents(deps, before.events, until);
    const details = { executionDays, eventDays, executions: executions.removed, events: events.removed };
    await auditAlone(deps.db, caller, { action: 'prune', resource: 'system', id: '', details: defined(details) });
    const more = executions.more || events.more;
    return { status: 200, body: { executions: executions.removed, events: events.removed, more } };
  },
});

async function removeExecutions({ db, commits }: ApiDeps, before: Date | undefined, until: number) {
  let removed = 0;
  let afterId: string | undefined = FIRST_ID;
  while (before !== undefined && afterId !== undefined && performance.now() < until) {
    const pruning: Parameters<typeof pruneExecutions>[1] = { before, batch: EXECUTIONS, afterId };
    const batch: Awaited<ReturnType<typeof pruneExecutions>> = await commits.follow(
      transaction(db, (tx) => pruneExecutions(tx, pruning)),
    );
    removed += batch.pruned;
    afterId = batch.reached;
  }
  return { removed, more: before !== undefined && afterId !== undefined };
}

async function removeEvents({ db, commits }: ApiDeps, before: Date | undefined, until: number) {
  let removed = 0;
  let more = before !== undefined;
  while (before !== undefined && more && performance.now() < until) {
    const pruned = await commits.follow(transaction(db, (tx) => pruneEvents(tx, { before, batch: EVENTS })));
    removed += pruned;
    more = pruned > 0;
  }
  return { removed, more };
}

function daysAgo(days: number | undefined): Date | undefined {
  return days === undefined ? undefined : new Date(Date.now() - days * DAY_MS);
}

function defined(details: Record<string, number | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
