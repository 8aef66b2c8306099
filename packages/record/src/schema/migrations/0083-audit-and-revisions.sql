-- Who did what, written by the transaction that did it. What it was done to may be gone.
create table audit_entries (
  id uuid primary key,
  organization_id uuid not null,
  at timestamptz not null,
  key_id uuid,
  key_name text not null,
  action text not null,
  resource text not null,
  resource_id text not null,
  details jsonb
);
create index audit_entries_newest on audit_entries (organization_id, at desc, id desc);
create index audit_entries_of_resource on audit_entries (organization_id, resource, resource_id, at desc, id desc);

-- Each save of an assistant's pipeline that changes it.
create table assistant_revisions (
  assistant_id uuid not null references assistants on delete cascade,
  number int not null,
  pipeline jsonb not null,
  key_id uuid,
  key_name text,
  created_at timestamptz not null,
  primary key (assistant_id, number)
);
alter table assistants add column revision int not null default 1;
alter table executions add column revision int;
insert into assistant_revisions (assistant_id, number, pipeline, created_at)
select id, 1, coalesce(options -> 'pipeline', 'null'), updated_at from assistants;

-- Retention looks for the oldest.
create index step_durations_oldest on step_durations (hour);
