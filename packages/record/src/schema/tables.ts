import type { AssistantOptions, Connection } from '@gantry/contracts/assistant-definition';
import type { ContentObject } from '@gantry/contracts/document-snapshot';
import type { AuditAction, AuditResource } from '@gantry/contracts/http/audit-entry';
import type { BulkKind } from '@gantry/contracts/http/bulk-operation';
import type { RestartRequest } from '@gantry/contracts/http/restart';
import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import type { AlertCondition } from '@gantry/domain/alert';
import type { Json, JsonObject } from '@gantry/domain/json';
import type { Pipeline } from '@gantry/domain/pipeline';
import type { CatchUp, Overlap } from '@gantry/domain/schedule';
import type { AnnouncedEvent, WebhookEvent } from '@gantry/domain/webhook-event';
import type { Generated, Selectable } from 'kysely';
import type { Instant, Jsonb, Mutable } from './columns.ts';
import type { ExecutionTables } from './execution-tables.ts';

/** An answer that is given again. */
export interface KeptAnswer {
  status: number;
  body: Json;
}

/** What the migrations made, as the compiler sees it. */
export interface Tables extends ExecutionTables {
  organizations: { id: string; slug: string; name: string; created_at: Instant };
  api_keys: {
    id: string;
    organization_id: string;
    name: string;
    secret_hash: Buffer;
    scopes: string[];
    created_at: Instant;
    revoked_at: Date | null;
    from_environment: Generated<boolean>;
  };
  projects: Mutable & { id: string; organization_id: string; name: string; slug: string; description: string | null };
  stores: Mutable & {
    organization_id: string;
    id: string;
    project_id: string | null;
    org_slug: string;
    slug: string;
    version: string;
    name: string;
  };
  document_families: Mutable & {
    organization_id: string;
    id: string;
    project_id: string | null;
    store_id: string | null;
    path: string | null;
    labels: Generated<string[]>;
    mixins: Generated<string[]>;
    metadata: Jsonb<JsonObject>;
    content_objects: Jsonb<ContentObject[]>;
    document_status: string | null;
    locked: Generated<boolean>;
  };
  modules: Mutable & {
    id: string;
    organization_id: string | null;
    org_slug: string;
    slug: string;
    version: string;
    name: string;
    description: string | null;
    module_type: string;
    metadata: Jsonb<ModuleMetadata>;
    active: Generated<boolean>;
    /** Of a module file, as workers report it; null for all others. */
    reported_at: Date | null;
    /** Since when all of its published versions are withdrawn. */
    withdrawn_at: Date | null;
  };
  assistants: Mutable & {
    id: string;
    organization_id: string;
    project_id: string;
    slug: string;
    name: string;
    description: string | null;
    active: Generated<boolean>;
    priority_hint: number | null;
    subscription: string | null;
    connections: Jsonb<Connection[]>;
    options: Jsonb<AssistantOptions>;
    timeout_seconds: number | null;
    max_concurrent_executions: number | null;
    deduplication: Generated<string>;
    logging_enabled: Generated<boolean>;
    delete_logging_on_success: Generated<boolean>;
    revision: Generated<number>;
    /** As `pauses` says. */
    paused: Generated<boolean>;
  };
  pauses: {
    kind: 'everything' | 'runtime' | 'assistant';
    target: string;
    organization_id: string | null;
    reason: string | null;
    paused_by: string;
    paused_at: Instant;
  };
  requeue_requests: { execution_id: string; requested_at: Generated<Instant> };
  reserved_names: { name: string; organizations: string[] };
  schedules: {
    assistant_id: string;
    id: string;
    ordinal: number;
    type: string | null;
    cron_expression: string;
    time_zone: string;
    catch_up: CatchUp;
    overlap: Overlap;
    last_at: Date | null;
    next_at: Date | null;
  };
  idempotency_keys: {
    organization_id: string;
    key: string;
    request: Buffer;
    claim: string;
    claimed_at: Instant;
    answer: Jsonb<KeptAnswer> | null;
  };
  events: {
    id: string;
    organization_id: string;
    project_id: string | null;
    source: string;
    external_id: string;
    event_type: string;
    payload: Jsonb<JsonObject>;
    cause_depth: Generated<number>;
    created_at: Instant;
  };
  bulk_operations: {
    id: string;
    organization_id: string;
    kind: BulkKind;
    filter: string[];
    total: number;
    done: Generated<number>;
    failed: Generated<number>;
    created_at: Instant;
    updated_at: Instant;
    finished_at: Date | null;
    aborted_at: Date | null;
    request: Jsonb<RestartRequest | null>;
  };
  bulk_failures: {
    operation_id: string;
    ordinal: number;
    execution_id: string | null;
    assistant_id: string | null;
    document_family_id: string | null;
    code: string;
    message: string;
  };
  bulk_items: {
    operation_id: string;
    ordinal: number;
    execution_id: string | null;
    assistant_id: string | null;
    document_family_id: string | null;
  };
  audit_entries: {
    id: string;
    organization_id: string;
    at: Date;
    key_id: string | null;
    key_name: string;
    action: AuditAction;
    resource: AuditResource;
    resource_id: string;
    details: Jsonb<JsonObject | null>;
  };
  assistant_revisions: {
    assistant_id: string;
    number: number;
    pipeline: Jsonb<Pipeline | null>;
    key_id: string | null;
    key_name: string | null;
    created_at: Date;
  };
  module_versions: {
    id: string;
    organization_id: string;
    org_slug: string;
    slug: string;
    version: string;
    name: string;
    description: string | null;
    metadata: Jsonb<ModuleMetadata>;
    sha256: string;
    content_ref: string;
    /** Name of an API key. */
    published_by: string;
    published_at: Generated<Date>;
    withdrawn_at: Date | null;
  };
  secrets: Mutable & {
    id: string;
    organization_id: string;
    project_id: string | null;
    name: string;
    sealed: Buffer;
    key_id: string;
  };
  webhooks: Mutable & {
    id: string;
    organization_id: string;
    project_id: string | null;
    name: string;
    url: string;
    events: WebhookEvent[];
    filter: string | null;
    active: Generated<boolean>;
    /** Why nothing is sent any more; null while it is active, or when somebody switched it off. */
    disabled_reason: string | null;
    secret: string;
    previous_secret: string | null;
    previous_secret_until: Date | null;
    failing_since: Date | null;
    held_until: Date | null;
    /** Events that were not kept for it: too many waited already. */
    dropped: Generated<number>;
  };
  webhook_deliveries: {
    id: string;
    webhook_id: string;
    organization_id: string;
    event_type: AnnouncedEvent;
    subject_key: string;
    payload: Jsonb<JsonObject>;
    attempts: Generated<number>;
    due_at: Date | null;
    delivered_at: Date | null;
    last_attempt_at: Date | null;
    last_status: number | null;
    last_error: string | null;
    created_at: Instant;
  };
  alerts: Mutable & {
    id: string;
    organization_id: string;
    project_id: string | null;
    assistant_id: string | null;
    name: string;
    condition: Jsonb<AlertCondition>;
    active: Generated<boolean>;
    muted_until: Date | null;
    holds_since: Date | null;
    firing_since: Date | null;
    message: string | null;
    checked_at: Date | null;
  };
  discarded_contents: { ref: string; discarded_at: Instant };
  content_look: {
    singleton: Generated<boolean>;
    after_ref: string | null;
    due_at: Instant;
    counted: Jsonb<Record<string, number>>;
    since: Instant;
  };
  content_usage: { organization_id: string; bytes: number };
  leader: {
    singleton: Generated<boolean>;
    holder: string | null;
    term: number;
    expires_at: Date;
    lineage: Generated<string>;
    beat: Generated<number>;
  };
  admission: { singleton: Generated<boolean>; open: boolean };
}

export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
