-- What steps wrote, besides their outputs: it is needed for as long as one of the executions that have the step is there.
create table step_contents (
  execution_id uuid not null references executions on delete cascade,
  ref text not null,
  primary key (execution_id, ref)
);
create index step_contents_ref on step_contents (ref);

-- What lay in the content store though nothing referred to it, and since when that is known.
create table unreferenced_contents (
  ref text primary key,
  noticed_at timestamptz not null default now()
);

-- One look through the content store after the other, page by page: where it is, and what it has counted so far.
create table content_look (
  singleton boolean primary key default true check (singleton),
  after_ref text,
  due_at timestamptz not null default now(),
  -- Bytes by organization.
  counted jsonb not null default '{}',
  -- Of what was written before, not all references were written down.
  since timestamptz not null default now()
);
insert into content_look default values;

-- What each organization has in the content store: as the last look counted it, and what was uploaded since.
create table content_usage (
  organization_id uuid primary key references organizations on delete cascade,
  bytes bigint not null
);
