import { FilterError } from '@gantry/domain/filter/filter-error';
import type { FilterNode } from '@gantry/domain/filter/filter-node';
import { parseFilter } from '@gantry/domain/filter/parse-filter';
import type { JsonObject } from '@gantry/domain/json';
import type { WebhookEvent } from '@gantry/domain/webhook-event';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { prepared } from '../connection/prepared.ts';
import { compileFilter } from '../filter/compile-filter.ts';
import type { FieldTable } from '../filter/field-table.ts';
import { newId } from '../schema/new-id.ts';
import type { Row, Tables } from '../schema/tables.ts';

/** Deliveries that wait for one webhook at most; what comes then is counted, not kept. */
const MAX_WAITING = 10_000;

/** What is told of one thing. */
export interface Announcement {
  event: WebhookEvent;
  /** What of that event this is, among all of its kind: each is told once. */
  key: string;
  data: JsonObject;
}

/** How what happened to things of one kind is told. */
export interface AnnouncedKind<Thing> {
  events: readonly WebhookEvent[];
  /** What filters can speak of. */
  fields: FieldTable;
  /** A filter whose names of other things are looked up. */
  resolve?(tx: Transaction<Tables>, organizationId: string, filter: FilterNode): Promise<FilterNode>;
  /** Null: such things belong to no project, and webhooks of projects do not hear of them. */
  project: RawBuilder<unknown> | null;
  /** Those of the things that meet the condition, as the transaction has them now. */
  select(
    tx: Transaction<Tables>,
    organizationId: string,
    ids: readonly string[],
    condition: RawBuilder<boolean>,
  ): Promise<Thing[]>;
  tell(thing: Thing): Announcement[];
}

export type Listening = Pick<Row<'webhooks'>, 'id' | 'organization_id' | 'project_id' | 'events' | 'filter'> & {
  waiting: number;
};

/**
 * Writes down for the webhooks that listen what this transaction did: delivered once it has committed, and not at all if
 * it does not. One query when nobody listens, whatever the number of things.
 * @param known who listens in the organizations of the things, if that was asked before
 */
export async function announce<Thing>(
  tx: Transaction<Tables>,
  kind: AnnouncedKind<Thing>,
  things: readonly { organization_id: string; id: string }[],
  now: Date,
  known?: readonly Listening[],
): Promise<void> {
  if (things.length === 0) return;
  const byOrganization = Map.groupBy(things, (thing) => thing.organization_id);
  const listening = known ?? (await whoListens([...byOrganization.keys()], kind.events).execute(tx)).rows;
  for (const webhook of listening) {
    const condition = await conditionOf(tx, webhook, kind);
    if (condition === undefined) continue;
    const ids = (byOrganization.get(webhook.organization_id) ?? []).map(({ id }) => id);
    const told = (await kind.select(tx, webhook.organization_id, ids, condition)).flatMap((thing) => kind.tell(thing));
    const wanted = told.filter(({ event }) => webhook.events.includes(event));
    await writeDeliveries(tx, webhook, wanted, now);
  }
}

/** The webhooks that hear of these events. Held, so that none is removed before what is written for it is committed. */
export function whoListens(organizationIds: readonly string[], events: readonly WebhookEvent[]): RawBuilder<Listening> {
  return prepared`
    select id, organization_id, project_id, events, filter, (
      select count(*)::int from (
        select from webhook_deliveries where webhook_id = webhooks.id and due_at is not null limit ${MAX_WAITING}
      ) as waiting
    ) as waiting
    from webhooks where organization_id = any(${[...organizationIds]}) and active and events && ${[...events]}::text[]
    order by id for key share`;
}

async function conditionOf<Thing>(
  tx: Transaction<Tables>,
  { id, organization_id, project_id, filter }: Listening,
  { fields, project, resolve }: AnnouncedKind<Thing>,
): Promise<RawBuilder<boolean> | undefined> {
  if (project_id !== null && project === null) return undefined;
  const within = project_id === null ? sql<boolean>`true` : sql<boolean>`${project} = ${project_id}`;
  try {
    const read = parseFilter([filter ?? ''], fields);
    if (read === undefined) return within;
    const node = resolve ? await resolve(tx, organization_id, read) : read;
    return sql<boolean>`${within} and ${compileFilter(node, fields)}`;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    // It was read when it was saved: its fields are not what they were.
    const reason = `Its filter cannot be read any more: ${error.message}`;
    await sql`update webhooks set active = false, disabled_reason = ${reason} where id = ${id}`.execute(tx);
    return undefined;
  }
}

async function writeDeliveries(
  tx: Transaction<Tables>,
  webhook: Listening,
  told: readonly Announcement[],
  now: Date,
): Promise<void> {
  const kept = told.slice(0, MAX_WAITING - webhook.waiting);
  const dropped = told.length - kept.length;
  if (dropped > 0) await sql`update webhooks set dropped = dropped + ${dropped} where id = ${webhook.id}`.execute(tx);
  if (kept.length === 0) return;
  const rows = kept.map(({ event, key, data }) => ({
    id: newId(),
    webhook_id: webhook.id,
    organization_id: webhook.organization_id,
    event_type: event,
    subject_key: key,
    payload: { type: event, timestamp: now.toISOString(), data },
    attempts: 0,
    due_at: now.toISOString(),
    created_at: now.toISOString(),
  }));
  await sql`
    insert into webhook_deliveries
    select * from jsonb_populate_recordset(null::webhook_deliveries, ${JSON.stringify(rows)}::jsonb)
    on conflict (webhook_id, event_type, subject_key) do nothing`.execute(tx);
}
