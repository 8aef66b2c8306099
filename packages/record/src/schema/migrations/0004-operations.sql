-- What one request asked to be done to many executions, and how far it is. The leading scheduler goes through its items
-- in small transactions.
create table bulk_operations (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  kind text not null,
  filter text[] not null,
  total int not null,
  done int not null default 0,
  failed int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz
);
create index bulk_operations_newest on bulk_operations (organization_id, created_at desc, id desc);
create index bulk_operations_open on bulk_operations (updated_at) where finished_at is null;

-- Numbered from 1 in the order in which they are gone through; gone once the operation is finished. An item names an
-- assistant and a document family, or an execution that is not of both, or both where the execution is the fallback.
create table bulk_items (
  operation_id uuid not null references bulk_operations on delete cascade,
  ordinal int not null,
  execution_id uuid,
  assistant_id uuid,
  document_family_id text,
  primary key (operation_id, ordinal)
);

-- Counts by status, and the newest and oldest of one.
create index executions_by_status on executions (organization_id, status, created_at desc, id desc);
