import type { Committed } from '@gantry/contracts/after-commit';
import type { ContentObject } from '@gantry/contracts/document-snapshot';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import type { JsonObject } from '@gantry/domain/json';
import { sql } from 'kysely';
import { type Database, jsonb, type Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { type IngestOptions, ingestWithin } from '../events/ingest-events.ts';
import type { IngestResult } from '../events/ingest-result.ts';
import { ownProjects } from '../events/own-projects.ts';
import { resolveProjects } from '../events/resolve-projects.ts';
import { resolveStores, type StoreRow } from '../events/resolve-stores.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';
import { announceFamilies } from '../webhooks/announced-families.ts';
import { isVersion, withContentObjects } from './content-objects.ts';

export interface NewDocument {
  organizationId: string;
  /** The id or the ref of a store; one that nobody created is created, bound to the project. */
  storeId: string;
  /** Not needed when the store belongs to a project. */
  projectId: string | null;
  /** A document that is in the store under this path already gets a new version. */
  path: string | null;
  labels: readonly string[];
  metadata: JsonObject;
  /** Where in a trace it was asked for (W3C traceparent). */
  traceparent: string | null;
  /** Where the content store keeps the bytes, and how many there are. */
  content: { ref: string; size: number; metadata: JsonObject };
}

export type AddDocumentResult =
  | { ok: true; familyId: string }
  | Extract<IngestResult, { ok: false }>
  | { ok: false; code: 'TOO_MANY_VERSIONS'; field: 'path'; message: string };

const MAX_VERSIONS = 1_000;

/**
 * Makes a document family, or a new version of one, and ingests CONTENT_CREATED for it, all in one transaction.
 */
export function addDocument(
  db: Database,
  document: NewDocument,
  options: IngestOptions,
): Promise<Committed<AddDocumentResult>> {
  return retryTransaction(db, async (tx): Promise<AddDocumentResult> => {
    const contentObjectId = newId();
    const event = contentCreated(document, contentObjectId);
    const stores = await resolveStores(tx, [event]);
    const [resolved] = await resolveProjects(tx, [event], stores, await ownProjects(tx, [event]));
    if (resolved === undefined) throw new Error('an event was not resolved');
    if (!('projectId' in resolved)) return resolved;
    const store = stores.get(event);
    if (store === undefined) throw new Error('an event of a known project has no store');

    const family = await lockFamily(tx, document, store, resolved.projectId, options.now);
    if (family.content_objects.filter(isVersion).length >= MAX_VERSIONS) {
      const message = `path: ${family.path} has ${MAX_VERSIONS} versions already.`;
      return { ok: false, code: 'TOO_MANY_VERSIONS', field: 'path', message };
    }
    await addVersion(tx, family, document, newVersion(document, family, store, contentObjectId, options.now));
    await announceFamilies(tx, [family], options.now);
    const [ingested] = await ingestWithin(
      tx,
      [{ ...event, documentFamilyId: family.id, storeId: store.id, projectId: resolved.projectId }],
      options,
    );
    if (!ingested?.ok) throw new Error('the event of a resolved document was refused');
    return { ok: true, familyId: family.id };
  });
}

function contentCreated(document: NewDocument, contentObjectId: string): IncomingEvent {
  return {
    organizationId: document.organizationId,
    externalId: contentObjectId,
    source: 'upload',
    eventType: 'CONTENT_CREATED',
    projectId: document.projectId,
    priority: null,
    deduplicationKey: null,
    storeId: document.storeId,
    documentFamilyId: null,
    contentObjectId,
    channelId: null,
    messageId: null,
    taskId: null,
    scheduleSlot: null,
    documentFamily: null,
    data: {},
    parentExecutionId: null,
    causeDepth: 0,
    traceparent: document.traceparent,
    assistantId: null,
  };
}

/** The family at the document's path in the store, made if it is not there. Two uploads to one path take turns. */
async function lockFamily(
  tx: Tx,
  { organizationId, path }: NewDocument,
  store: StoreRow,
  projectId: string,
  now: Date,
): Promise<Row<'document_families'>> {
  if (path !== null) {
    const standing = await tx
      .selectFrom('document_families')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('store_id', '=', store.id)
      .where('path', '=', path)
      .forUpdate()
      .executeTakeFirst();
    if (standing) return standing;
  }
  return tx
    .insertInto('document_families')
    .values({
      organization_id: organizationId,
      id: newId(),
      project_id: projectId,
      store_id: store.id,
      path,
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

function newVersion(
  { content }: NewDocument,
  family: Row<'document_families'>,
  store: StoreRow,
  id: string,
  now: Date,
): Omit<ContentObject, 'index'> {
  return {
    id,
    contentType: 'NATIVE',
    documentFamilyId: family.id,
    storeRef: `${store.org_slug}/${store.slug}:${store.version}`,
    contentRef: content.ref,
    labels: [],
    mixins: [],
    metadata: content.metadata,
    size: content.size,
    createdOn: now.toISOString(),
  };
}

/** Labels and metadata of the upload are added to those the family has. */
async function addVersion(
  tx: Tx,
  family: Row<'document_families'>,
  { organizationId, labels, metadata }: NewDocument,
  version: Omit<ContentObject, 'index'>,
): Promise<void> {
  await tx
    .updateTable('document_families')
    .set({
      content_objects: jsonb(withContentObjects(family.content_objects, [version])),
      labels: [...new Set([...family.labels, ...labels])],
      metadata: jsonb({ ...family.metadata, ...metadata }),
      change_sequence: sql`change_sequence + 1`,
      updated_at: new Date(version.createdOn),
    })
    .where('organization_id', '=', organizationId)
    .where('id', '=', family.id)
    .execute();
}
