import { assistantTrialInputSchema, assistantTrialSchema } from '@gantry/contracts/http/assistant-trial';
import { type CronTimes, nextSlot } from '@gantry/domain/schedule';
import { explainHearing } from '@gantry/domain/subscription';
import { imagineEvent } from '@gantry/record/events/imagine-event';
import { readEvent } from '../events/read-event.ts';
import { checkPipelineSize } from '../http/check-pipeline-size.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';

const SHOWN_SLOTS = 5;

export const tryAssistant = route({
  method: 'post',
  path: '/api/assistants/dry-run',
  summary:
    'Check an assistant without saving it: when it would be scheduled, and whether an event would start it, and why',
  scopes: READ_CONFIGURATION,
  body: assistantTrialInputSchema,
  answers: { 200: assistantTrialSchema },
  async handle({ caller: { organizationId }, body: { assistant, event } }, { db }) {
    checkPipelineSize(assistant.options?.pipeline);
    const { subscription = null, connections = [], schedules = [] } = assistant;
    const hearing = event
      ? explainHearing(
          { subscription, connections },
          await imagineEvent(db, readEvent(event, { organizationId, id: null, traceparent: null })),
        )
      : null;
    const now = new Date();
    const slots = schedules.map(({ cronExpression, timeZone }) => ({
      nextEvents: nextSlots({ cronExpression, timeZone: timeZone ?? 'UTC' }, now),
    }));
    return { status: 200, body: { schedules: slots, hearing } };
  },
});

function nextSlots(times: CronTimes, now: Date): string[] {
  const slots: string[] = [];
  for (let slot = nextSlot(times, now); slot !== null && slots.length < SHOWN_SLOTS; slot = nextSlot(times, slot)) {
    slots.push(slot.toISOString());
  }
  return slots;
}
