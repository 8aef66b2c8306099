-- Where people and programs are told of what happens: an http(s) address, or mailto: and an e-mail address.
create table webhooks (
  id uuid primary key,
  organization_id uuid not null references organizations,
  project_id uuid references projects on delete cascade,
  name text not null,
  url text not null,
  events text[] not null,
  filter text,
  active boolean not null default true,
  disabled_reason text,
  secret text not null,
  -- Signs too, until then.
  previous_secret text,
  previous_secret_until timestamptz,
  failing_since timestamptz,
  -- Nothing is sent before.
  held_until timestamptz,
  dropped int not null default 0,
  change_sequence int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index webhooks_of_organization on webhooks (organization_id, created_at, id);

-- The outbox and its log: a row is written by the transaction that did what it tells of.
create table webhook_deliveries (
  id uuid primary key,
  webhook_id uuid not null references webhooks on delete cascade,
  organization_id uuid not null,
  event_type text not null,
  -- What the event is, of its type: told once to each webhook.
  subject_key text not null,
  payload jsonb not null,
  attempts int not null default 0,
  -- Null: over.
  due_at timestamptz,
  delivered_at timestamptz,
  last_attempt_at timestamptz,
  last_status int,
  last_error text,
  created_at timestamptz not null,
  unique (webhook_id, event_type, subject_key)
);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where due_at is not null;
create index webhook_deliveries_newest on webhook_deliveries (webhook_id, created_at desc, id desc);

create table alerts (
  id uuid primary key,
  organization_id uuid not null references organizations,
  project_id uuid references projects on delete cascade,
  assistant_id uuid references assistants on delete cascade,
  name text not null,
  condition jsonb not null,
  active boolean not null default true,
  muted_until timestamptz,
  -- Since when what the rule is about is so, and since when that was told.
  holds_since timestamptz,
  firing_since timestamptz,
  message text,
  checked_at timestamptz,
  change_sequence int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index alerts_of_organization on alerts (organization_id, created_at, id);

-- How many executions of an assistant failed lately.
create index executions_failed_lately on executions (organization_id, finished_at, assistant_id) where status = 3;
