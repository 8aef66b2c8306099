-- Secrets of steps, sealed by the api with a key that is not in here. Without a project: of the organization.
create table secrets (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  project_id uuid references projects on delete cascade,
  name text not null,
  sealed bytea not null,
  -- Which key it is sealed with.
  key_id text not null,
  change_sequence bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (organization_id, project_id, name)
);
