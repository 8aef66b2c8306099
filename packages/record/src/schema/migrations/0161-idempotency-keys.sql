-- What clients sent with a key of their own, so that sending it again gives the same answer.
create table idempotency_keys (
  organization_id uuid not null references organizations on delete cascade,
  key text not null,
  -- SHA-256 of what was asked for.
  request bytea not null,
  -- Of the one request that is under way, or was.
  claim uuid not null,
  claimed_at timestamptz not null default now(),
  -- Null while the request is under way.
  answer jsonb,
  primary key (organization_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (claimed_at);
