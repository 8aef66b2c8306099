import { type Event, eventSchema } from '@gantry/contracts/http/event';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { type EventView, eventFields, listEvents as listInRecord } from '@gantry/record/events/list-events';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { triggeredAnswer } from './event-answer.ts';

export const listEvents = route({
  method: 'get',
  path: '/api/events',
  summary: 'List events, newest first, each with the executions it caused',
  scopes: ['executions:read'],
  query: listQuerySchema,
  answers: { 200: pageSchema(eventSchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { views, page } = await listInRecord(db, organizationId, listRequest(query, eventFields));
    return { status: 200, body: pageAnswer(views.map(answer), page, query) };
  },
});

function answer({ row, executions }: EventView): Event {
  const { payload } = row;
  const said = (name: string) => (typeof payload[name] === 'string' ? payload[name] : null);
  const { data } = payload;
  return {
    id: row.id,
    createdOn: row.created_at.toISOString(),
    eventType: row.event_type,
    source: row.source,
    externalId: row.external_id,
    projectId: row.project_id,
    storeId: said('storeId'),
    documentFamilyId: said('documentFamilyId'),
    contentObjectId: said('contentObjectId'),
    channelId: said('channelId'),
    messageId: said('messageId'),
    taskId: said('taskId'),
    parentExecutionId: said('parentExecutionId'),
    data: data !== null && typeof data === 'object' && !Array.isArray(data) ? data : {},
    executions: executions.map(triggeredAnswer),
  };
}
