import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import type { Heard } from '@gantry/domain/subscription';
import type { Database } from '../connection/database.ts';
import { findFamily } from '../families/find-family.ts';
import { heardOf } from './match-assistants.ts';
import { findStores } from './resolve-stores.ts';
import type { FamilyRow } from './upsert-families.ts';

/**
 * What subscriptions would see of an event, were it sent now: its store and document family as the record has them, with
 * what the event says of the family. Nothing is written.
 */
export async function imagineEvent(db: Database, event: IncomingEvent): Promise<Heard> {
  const { organizationId, documentFamilyId: id, documentFamily: said } = event;
  const store = event.storeId === null ? undefined : (await findStores(db, [event])).get(event);
  if (id === null) return heardOf(event, store, undefined);
  const known = await findFamily(db, { organizationId, id });
  const family: FamilyRow = {
    organization_id: organizationId,
    id,
    project_id: known?.project_id ?? null,
    store_id: known?.store_id ?? store?.id ?? null,
    path: said?.path ?? known?.path ?? null,
    labels: said?.labels ?? known?.labels ?? [],
    mixins: said?.mixins ?? known?.mixins ?? [],
    metadata: said?.metadata ?? known?.metadata ?? {},
    content_objects: known?.content_objects ?? [],
    document_status: known?.document_status ?? null,
  };
  return heardOf(event, store, family);
}
