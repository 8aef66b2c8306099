-- Ids that Gantry gives are uuid (v7, so that inserts stay at the right edge of the index). Ids that producers may give
-- (stores, document families, channels, tasks) are text and unique within their organization only.

create table organizations (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  created_at timestamptz not null default now()
);

create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null,
  secret_hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table projects (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null,
  slug text not null,
  description text,
  change_sequence bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug)
);

create table stores (
  organization_id uuid not null references organizations on delete cascade,
  id text not null,
  project_id uuid references projects on delete cascade,
  org_slug text not null,
  slug text not null,
  version text not null,
  name text not null,
  change_sequence bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, org_slug, slug, version)
);

create table document_families (
  organization_id uuid not null references organizations on delete cascade,
  id text not null,
  project_id uuid references projects on delete set null,
  store_id text,
  path text,
  labels text[] not null default '{}',
  mixins text[] not null default '{}',
  metadata jsonb not null default '{}',
  content_objects jsonb not null default '[]',
  document_status text,
  locked boolean not null default false,
  change_sequence bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, store_id) references stores (organization_id, id) on delete set null (store_id)
);
-- An upload with the path of a document already in the store is a new version of it.
create unique index document_families_path on document_families (organization_id, store_id, path) where path is not null;

-- organization_id is null for the modules that ship with Gantry: every organization sees those.
create table modules (
  id uuid primary key,
  organization_id uuid references organizations on delete cascade,
  org_slug text not null,
  slug text not null,
  version text not null,
  name text not null,
  description text,
  module_type text not null,
  metadata jsonb not null,
  active boolean not null default true,
  change_sequence bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (organization_id, org_slug, slug)
);

create table assistants (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  project_id uuid not null references projects on delete cascade,
  slug text not null,
  name text not null,
  description text,
  active boolean not null default true,
  priority_hint int,
  subscription text,
  connections jsonb not null default '[]',
  schedules jsonb not null default '[]',
  options jsonb not null default '{}',
  timeout_seconds int,
  max_concurrent_executions int,
  deduplication text not null default 'in-flight',
  logging_enabled boolean not null default true,
  delete_logging_on_success boolean not null default false,
  change_sequence bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (project_id, slug)
);
create index assistants_listening on assistants (project_id) where active;

create table events (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  project_id uuid,
  source text not null,
  external_id text not null,
  event_type text not null,
  payload jsonb not null,
  cause_depth smallint not null default 0,
  created_at timestamptz not null default now(),
  unique (organization_id, source, external_id)
);

create table executions (
  id uuid primary key,
  organization_id uuid not null,
  project_id uuid,
  assistant_id uuid references assistants on delete set null,
  document_family_id text,
  event_id uuid,
  parent_execution_id uuid references executions on delete set null,
  reprocess_of uuid references executions on delete set null,
  duplicate_of uuid references executions on delete set null,
  status smallint not null,
  previous_status smallint,
  stop_reason text,
  priority int not null,
  -- Held while unfinished: the unique index below makes the record the referee of deduplication.
  dedup_key text,
  releases_key_when_running boolean not null default false,
  -- Set while this is the open replacement of reprocess_of: at most one each.
  replaces uuid,
  cause_depth smallint not null default 0,
  description text,
  context jsonb not null default '{}',
  parameters jsonb not null default '{}',
  custom_options jsonb not null default '{}',
  targets text,
  session text,
  pipeline jsonb not null,
  complete_label text,
  timeout_seconds int,
  epoch int not null default 0,
  slices jsonb not null default '[]',
  status_details jsonb,
  exception_details jsonb,
  logging_enabled boolean not null default true,
  delete_logging_on_success boolean not null default false,
  change_sequence bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  processing_time_ms int
) with (fillfactor = 85);

create unique index executions_dedup on executions (assistant_id, dedup_key) where dedup_key is not null;
create unique index executions_replacement on executions (replaces) where replaces is not null;
create index executions_newest on executions (organization_id, created_at desc, id desc);
create index executions_of_assistant on executions (assistant_id, created_at desc, id desc);
create index executions_of_family on executions (organization_id, document_family_id, created_at desc) where document_family_id is not null;
create index executions_of_event on executions (event_id) where event_id is not null;
create index executions_children on executions (parent_execution_id) where parent_execution_id is not null;
create index executions_reprocess_of on executions (reprocess_of) where reprocess_of is not null;
create index executions_duplicate_of on executions (duplicate_of) where duplicate_of is not null;
-- REQUESTED, PENDING, RUNNING and CANCELLING: the working set of admission, the reconciler and the deadlines.
create index executions_unfinished on executions (status, id) where status in (0, 1, 4, 6);
create index executions_requested on executions (priority desc, id) where status = 4;

create table execution_steps (
  execution_id uuid not null references executions on delete cascade,
  ordinal smallint not null,
  ref text not null,
  name text,
  status smallint not null,
  attempt int not null,
  started_at timestamptz,
  finished_at timestamptz,
  progress double precision,
  progress_max double precision,
  output jsonb,
  output_ref text,
  output_id text,
  exception_details jsonb,
  primary key (execution_id, ordinal)
);

-- One row: who leads. Planner, recorder, admitter and reconciler check it inside every transaction they write.
create table leader (
  singleton boolean primary key default true check (singleton),
  holder text,
  term bigint not null default 0,
  expires_at timestamptz not null default '-infinity'
);
insert into leader default values;

-- One row: whether new executions are PENDING (open) or REQUESTED (closed).
create table admission (
  singleton boolean primary key default true check (singleton),
  open boolean not null default true
);
insert into admission default values;
