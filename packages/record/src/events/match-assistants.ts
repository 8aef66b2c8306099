import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import type { ConnectionSource } from '@gantry/domain/event-type';
import { type Heard, listensTo } from '@gantry/domain/subscription';
import type { Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import type { StoredEvent } from './insert-events.ts';
import type { StoreRow } from './resolve-stores.ts';
import { type FamilyRow, familyKey } from './upsert-families.ts';

export type AssistantRow = Row<'assistants'>;

/**
 * The active assistants that hear each event, oldest first; one that is called by name hears it alone.
 * @param families as the events left them, by `familyKey`
 */
export async function matchAssistants(
  tx: Tx,
  events: readonly StoredEvent[],
  storeOf: (event: StoredEvent) => StoreRow | undefined,
  families: ReadonlyMap<string, FamilyRow>,
): Promise<{ stored: StoredEvent; assistant: AssistantRow }[]> {
  if (events.length === 0) return [];
  const assistants = await tx
    .selectFrom('assistants')
    .selectAll()
    .where('project_id', 'in', [...new Set(events.map(({ projectId }) => projectId))])
    .where('active', '=', true)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const byProject = Map.groupBy(assistants, (assistant) => assistant.project_id);
  return events.flatMap((stored) => {
    const { event } = stored;
    const family = families.get(familyKey(event.organizationId, event.documentFamilyId ?? ''));
    const heard = heardOf(event, storeOf(stored), family);
    return (byProject.get(stored.projectId) ?? [])
      .filter((assistant) => (event.assistantId ? assistant.id === event.assistantId : listensTo(assistant, heard)))
      .map((assistant) => ({ stored, assistant }));
  });
}

function heardOf(event: IncomingEvent, store: StoreRow | undefined, family: FamilyRow | undefined): Heard {
  const objects = family?.content_objects ?? [];
  const object = objects.find(({ id }) => id === event.contentObjectId) ?? objects.at(-1);
  const { status } = event.data;
  return {
    eventType: event.eventType,
    refs: refsOf(event, store),
    storeId: store?.id ?? family?.store_id ?? null,
    channelId: event.channelId,
    status: family?.document_status ?? (typeof status === 'string' ? status : null),
    contentType: object?.contentType ?? null,
    documentFamily: family ?? null,
  };
}

/** Everything a connection may name the event's source by. */
function refsOf(event: IncomingEvent, store: StoreRow | undefined): Partial<Record<ConnectionSource, string[]>> {
  const { workspaceId } = event.data;
  return {
    STORE: store
      ? [store.id, `${store.org_slug}/${store.slug}`, `${store.org_slug}/${store.slug}:${store.version}`]
      : [],
    CHANNEL: event.channelId ? [event.channelId] : [],
    DOCUMENT_FAMILY: event.documentFamilyId ? [event.documentFamilyId] : [],
    TASK: event.taskId ? [event.taskId] : [],
    WORKSPACE: typeof workspaceId === 'string' ? [workspaceId] : [],
  };
}
