import { setTimeout as delay } from 'node:timers/promises';
import {
  type Pauses,
  type PauseTarget,
  pauseRequestSchema,
  pausesSchema,
  pauseTargetSchema,
} from '@gantry/contracts/http/pause';
import { type Held, listPauses, pause, pausedIn, readHeld, resume } from '@gantry/record/admission/pauses';
import type { Database } from '@gantry/record/connection/database';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../http/api-error.ts';
import { authorize, type Caller } from '../http/caller.ts';
import { route } from '../http/route.ts';

export const getPauses = route({
  method: 'get',
  path: '/api/admin/pauses',
  summary: 'What is paused, since when and why',
  scopes: ['operator', 'admin'],
  answers: { 200: pausesSchema },
  async handle({ caller: { organizationId } }, { db }) {
    return { status: 200, body: { pauses: await readPauses(db, organizationId) } };
  },
});

export const pauseWork = route({
  method: 'post',
  path: '/api/admin/pause',
  summary: 'Let nothing new start, of everything, a runtime or an assistant; what runs goes on, events are taken',
  scopes: ['operator', 'admin'],
  body: pauseRequestSchema,
  answers: { 200: pausesSchema },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller, body }, deps) {
    const { db } = deps;
    const held = heldBy(body);
    checkMayHold(caller, held);
    const there = await pause(db, held, { reason: body.reason ?? null, actor: caller, now: new Date() });
    if (!there) throw noAssistant(held);
    await tellWorkers(deps);
    // Whoever is answered may rely on it: what is accepted from then on waits.
    const pauses = await readPauses(db, caller.organizationId);
    if (held.kind !== 'assistant') await delay(HOLDS_WITHIN_MS - pausedSinceMs(pauses, held));
    return { status: 200, body: { pauses } };
  },
});

export const resumeWork = route({
  method: 'post',
  path: '/api/admin/resume',
  summary: 'Let go on what was paused',
  scopes: ['operator', 'admin'],
  body: pauseTargetSchema,
  answers: { 200: pausesSchema },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller, body }, deps) {
    const { db } = deps;
    const held = heldBy(body);
    checkMayHold(caller, held);
    if (!(await resume(db, held, caller))) throw noAssistant(held);
    await tellWorkers(deps);
    return { status: 200, body: { pauses: await readPauses(db, caller.organizationId) } };
  },
});

export async function readPauses(db: Database, organizationId: string): Promise<Pauses['pauses']> {
  const rows = await listPauses(db, organizationId);
  return rows.map(({ kind, target, reason, paused_by, paused_at }) => ({
    kind,
    target: target === '' ? null : target,
    reason,
    pausedBy: paused_by,
    pausedOn: paused_at.toISOString(),
  }));
}

/**
 * Workers look twice a second. Should the leader meanwhile tell them once more what was held before, it tells them the
 * truth within a second.
 */
const HOLDS_WITHIN_MS = 1_500;

/** Sooner than the leader does. Without Redis nothing runs anyway. */
async function tellWorkers({ db, pausedWork, logger }: ApiDeps): Promise<void> {
  await pausedWork.tell(pausedIn(await readHeld(db))).catch((error: unknown) => {
    logger.warn({ err: error }, 'workers could not be told what is paused: the leader tells them');
  });
}

/** At most as long as whoever has to know of it may take to. */
function pausedSinceMs(pauses: Pauses['pauses'], held: Held): number {
  const own = pauses.find(({ kind, target }) => kind === held.kind && (target ?? '') === held.target);
  const sinceMs = own === undefined ? 0 : Date.now() - Date.parse(own.pausedOn);
  return Math.min(Math.max(sinceMs, 0), HOLDS_WITHIN_MS); // the clock of another api may be ahead
}

/** An assistant is its organization's own; all else belongs to several. */
function checkMayHold(caller: Caller, { kind }: Held): void {
  if (kind !== 'assistant') authorize(caller, ['operator']);
}

function heldBy({ runtime, assistantId }: PauseTarget): Held {
  if (runtime !== undefined) return { kind: 'runtime', target: runtime };
  if (assistantId !== undefined) return { kind: 'assistant', target: assistantId };
  return { kind: 'everything', target: '' };
}

function noAssistant({ target }: Held): ApiError {
  return new ApiError('ASSISTANT_NOT_FOUND', `There is no assistant ${target}.`, {
    errors: { assistantId: 'is no assistant' },
  });
}
