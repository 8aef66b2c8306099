import {
  type Pauses,
  type PauseTarget,
  pauseRequestSchema,
  pausesSchema,
  pauseTargetSchema,
} from '@gantry/contracts/http/pause';
import { type Held, listPauses, pause, resume } from '@gantry/record/admission/pauses';
import type { Database } from '@gantry/record/connection/database';
import { ApiError } from '../http/api-error.ts';
import { route } from '../http/route.ts';

export const getPauses = route({
  method: 'get',
  path: '/api/admin/pauses',
  summary: 'What is paused, since when and why',
  scopes: ['admin'],
  answers: { 200: pausesSchema },
  async handle({ caller: { organizationId } }, { db }) {
    return { status: 200, body: { pauses: await readPauses(db, organizationId) } };
  },
});

export const pauseWork = route({
  method: 'post',
  path: '/api/admin/pause',
  summary: 'Let nothing new start, of everything, a runtime or an assistant; what runs goes on, events are taken',
  scopes: ['admin'],
  body: pauseRequestSchema,
  answers: { 200: pausesSchema },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller, body }, { db }) {
    const held = heldBy(body);
    const there = await pause(db, held, { reason: body.reason ?? null, actor: caller, now: new Date() });
    if (!there) throw noAssistant(held);
    return { status: 200, body: { pauses: await readPauses(db, caller.organizationId) } };
  },
});

export const resumeWork = route({
  method: 'post',
  path: '/api/admin/resume',
  summary: 'Let go on what was paused',
  scopes: ['admin'],
  body: pauseTargetSchema,
  answers: { 200: pausesSchema },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller, body }, { db }) {
    const held = heldBy(body);
    if (!(await resume(db, held, caller))) throw noAssistant(held);
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
